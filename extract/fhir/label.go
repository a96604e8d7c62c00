package fhir

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
)

// unreadableLabel finds security labels that the engine's reader would pass over: below a name that differs from FHIR's only in case
// or, of a Patient, an empty list, a label that is null, or one whose code is no text.
func unreadableLabel(line []byte, resource string) *fault {
	name := labelName(line)
	switch {
	case name == nil:
		return nil
	case !slices.Contains(labelNames, string(name)):
		return &fault{element: "meta.security", rule: "a name that differs from FHIR's in case"}
	case resource != "Patient":
		return nil
	}
	var patient struct {
		Meta struct{ Security *[]*struct{ Code *string } }
	}
	err := json.Unmarshal(line, &patient)
	if labels := patient.Meta.Security; err != nil || labels != nil && (len(*labels) == 0 || slices.Contains(*labels, nil)) {
		return &fault{element: "meta.security", rule: "a label that cannot be read"}
	}
	return nil
}

// labelNames are the fields that lead to security labels.
var labelNames = []string{"meta", "security"}

// labelName is the name of a field that leads to security labels: the first in another case than FHIR's, else that of the labels
// themselves; nil where the line has neither.
func labelName(line []byte) (found []byte) {
	for at := 0; ; {
		quote := bytes.IndexByte(line[at:], '"')
		if quote < 0 {
			return found
		}
		if at += quote + 1; at == len(line) {
			return found
		}
		var want string
		switch line[at] {
		case 'm', 'M':
			want = "meta"
		case 's', 'S':
			want = "security"
		default:
			continue
		}
		end := at + len(want)
		if end >= len(line) || line[end] != '"' || !bytes.EqualFold(line[at:end], []byte(want)) || !isBeforeColon(line[end+1:]) {
			continue
		}
		if name := line[at:end]; string(name) != want {
			return name
		} else if want == "security" {
			found = name
		}
	}
}

func isBeforeColon(rest []byte) bool {
	rest = bytes.TrimLeft(rest, " \t")
	return len(rest) > 0 && rest[0] == ':'
}

// labelled are the files that must be read line by line because of their labels, by path.
func (r *reading) labelled(ctx context.Context) (map[string]bool, error) {
	has := make([]bool, len(r.files))
	group, inGroup := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, f := range r.files {
		group.Go(func() (err error) {
			if has[i], err = r.hasUnreadableLabel(inGroup, f); err != nil {
				return fmt.Errorf("%s: %w", f.name(), err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	found := map[string]bool{}
	for i, f := range r.files {
		if has[i] {
			found[f.path] = true
		}
	}
	return found, nil
}

// hasUnreadableLabel looks through one file. A line that is too long is found elsewhere.
func (r *reading) hasUnreadableLabel(ctx context.Context, f file) (bool, error) {
	lines, err := openLines(f.path)
	if err != nil {
		return false, err
	}
	defer lines.close()
	for {
		line, err := lines.next()
		switch {
		case err == io.EOF:
			return false, ctx.Err()
		case errors.Is(err, errTooLong):
			continue
		case err != nil:
			return false, err
		}
		if unreadableLabel(line, r.view.Resource) != nil {
			return true, nil
		}
	}
}

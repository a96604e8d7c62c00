package bulk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
)

// file is one file that stands in the folder under its final name: complete, and of as many lines as the server said.
type file struct {
	name  string
	lines int64
}

// download takes every file of the manifest, one after the other, and names it in the manifest. More at a time would ask more of a
// server that health care works with, and bring little: one connection fills the line.
func (c *client) download(ctx context.Context, j *job, m *Manifest, result *Result) error {
	var files []file
	counts := map[string]int{} // by kind, for the names
	result.Outcomes = map[string]int{}
	for at, entry := range m.entries() {
		kind := entry.kind
		stem := fmt.Sprintf("%s.%d.ndjson", kind, counts[kind])
		counts[kind]++
		got, err := c.take(ctx, j, m, at, stem)
		if err != nil && kind == "error" && ctx.Err() == nil { // what went wrong is not known, so the next export asks from the same time again
			result.Partial, result.Outcomes["error unread"] = true, result.Outcomes["error unread"]+1
			files = append(files, file{})
			continue
		}
		if err != nil {
			return fmt.Errorf("download %s: %w", stem, err)
		}
		files = append(files, got)
		if err := c.tally(result, kind, got); err != nil {
			return fmt.Errorf("read %s: %w", stem, err)
		}
	}
	m.name(files)
	return nil
}

// tally adds a file to the result.
func (c *client) tally(result *Result, kind string, got file) error {
	switch kind {
	case "error":
		_, err := lines(filepath.Join(c.partial(), got.name), c.o.Limits.FileBytes, result.addOutcome)
		return err
	case "deleted":
		result.Deleted += got.lines
	default:
		result.Resources += got.lines
	}
	result.Files++
	return nil
}

// addOutcome counts the issues of one line of an error file. What cannot be read is an error too.
func (r *Result) addOutcome(line []byte) {
	var o outcome
	if json.Unmarshal(line, &o) != nil || len(o.Issue) == 0 {
		r.Partial = true
		r.Outcomes["error unknown"]++
		return
	}
	for _, issue := range o.Issue {
		r.Partial = r.Partial || issue.Severity != "information" && issue.Severity != "warning"
		r.Outcomes[word(issue.Severity)+" "+word(issue.Code)]++
	}
}

// take downloads the file at a place of the manifest, unless an earlier call did. Where its address no longer leads to
// it, the manifest is fetched again, for the server may renew its addresses.
func (c *client) take(ctx context.Context, j *job, m *Manifest, at int, stem string) (file, error) {
	for _, name := range []string{stem, stem + ".gz"} {
		if got, err := c.verify(name, name, m.entries()[at].Count); err == nil {
			return got, nil
		}
	}
	for renewed := false; ; renewed = true {
		if renewed || !j.expires.IsZero() && c.o.Now().After(j.expires) {
			if err := c.renew(ctx, j, m); err != nil {
				return file{}, err
			}
		}
		got, err := c.fetchFile(ctx, m, at, stem)
		switch statusOf(err) {
		case http.StatusForbidden, http.StatusNotFound, http.StatusGone:
		default:
			return got, err
		}
		if renewed {
			return file{}, fmt.Errorf("%w: %w", errStale, err)
		}
	}
}

// renew fetches the manifest again.
func (c *client) renew(ctx context.Context, j *job, m *Manifest) error {
	fresh, err := c.await(ctx, j)
	if err != nil {
		return err
	}
	*m = *fresh
	return nil
}

// fetchFile downloads one file and gives it its final name once it has proved whole.
func (c *client) fetchFile(ctx context.Context, m *Manifest, at int, stem string) (got file, err error) {
	entry := m.entries()[at]
	a := ask{method: http.MethodGet, url: entry.URL, withToken: *m.RequiresAccessToken, // never where it is not asked for
		header: map[string]string{"Accept": "application/fhir+ndjson", "Accept-Encoding": "gzip"}}
	err = c.do(ctx, a, func(response *http.Response) error {
		switch response.Header.Get("Content-Encoding") {
		case "", "gzip", "identity":
		default:
			return permanent{errors.New("an encoding that was not asked for")}
		}
		if response.StatusCode != http.StatusOK {
			return permanent{failure{status: response.StatusCode}}
		}
		if err := c.store(response.Body, stem+".part"); err != nil {
			return err
		}
		got, err = c.verify(stem+".part", stem, entry.Count)
		return err
	})
	return got, err
}

// store writes what comes to disk.
func (c *client) store(from io.Reader, name string) error {
	path := filepath.Join(c.partial(), name)
	to, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return permanent{fmt.Errorf("store: %w", err)}
	}
	written, err := io.Copy(to, io.LimitReader(from, c.o.Limits.FileBytes+1))
	if err := errors.Join(err, to.Sync(), to.Close()); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if written > c.o.Limits.FileBytes {
		return permanent{fmt.Errorf("a file over %d bytes", c.o.Limits.FileBytes)}
	}
	return nil
}

// verify reads a file to its end, holds its lines against the manifest's count, and renames it to stem, with .gz if
// it is packed.
func (c *client) verify(name, stem string, count *int64) (file, error) {
	path := filepath.Join(c.partial(), name)
	got := file{name: stem}
	var last []byte
	isPacked, err := lines(path, c.o.Limits.FileBytes, func(line []byte) {
		got.lines++
		last = append(last[:0], line...)
	})
	switch {
	case err != nil:
		return file{}, err
	case count != nil && *count != got.lines:
		return file{}, fmt.Errorf("%d lines, not the %d of the manifest", got.lines, *count)
	case got.lines > 0 && !json.Valid(last): // a body that broke off between two reads has no other mark
		return file{}, errors.New("the last line is not whole")
	}
	if isPacked && filepath.Ext(stem) != ".gz" {
		got.name += ".gz"
	}
	if err := os.Rename(path, filepath.Join(c.partial(), got.name)); err != nil {
		return file{}, permanent{fmt.Errorf("name: %w", err)}
	}
	return got, nil
}

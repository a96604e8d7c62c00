package fhir

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"careshare/extract/fhir/r4"
)

// spooler writes the resources of files that the engine cannot read as they are, a file a type. Of types that no view reads it keeps none.
type spooler struct {
	stage  string
	wanted map[string]bool
	export *export
	open   map[string]*spooled // by type
	wrote  bool
}

type spooled struct {
	file  *os.File
	buf   *bufio.Writer
	parts []part
	lines int64
}

// source is one file whose resources are spooled.
type source struct {
	shown    string
	form     form
	resource string // that its manifest or its name gives; others in it are quarantined
	count    *int64
	until    *time.Time
}

const (
	longestBundle = 256 << 20 // bytes of one Bundle on a line
	spoolBytes    = 64 << 30  // bytes of one file, unpacked
)

// read brings the resources of one file in.
func (s *spooler) read(from source, text io.Reader) error {
	text = &bounded{from: text, left: spoolBytes}
	if from.form == formValues {
		return s.readValues(from, text)
	}
	return s.readLines(from, text)
}

// bounded stops a file that unpacks to more than a disk should take.
type bounded struct {
	from io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, fmt.Errorf("unpacks to more than %d GiB", spoolBytes>>30)
	}
	return n, err
}

func (s *spooler) readLines(from source, text io.Reader) error {
	lines := &lineReader{reader: bufio.NewReaderSize(text, 1<<18), longest: longestBundle}
	var count int64
	for {
		line, err := lines.next()
		if err == io.EOF {
			return file{shown: from.shown, count: from.count}.checkCount(count)
		}
		if err != nil && !errors.Is(err, errTooLong) {
			return err
		}
		count++
		if err := s.one(from, line, count); err != nil {
			return fmt.Errorf("line %d: %w", lines.number, err)
		}
	}
}

// readValues reads JSON values one after the other, or the elements of an array.
func (s *spooler) readValues(from source, text io.Reader) error {
	buffered := bufio.NewReaderSize(text, 1<<18)
	if start, _ := buffered.Peek(3); bytes.Equal(start, utf8BOM) {
		buffered.Discard(3)
	}
	decoder := json.NewDecoder(buffered)
	var count int64
	for {
		var value json.RawMessage
		err := decoder.Decode(&value)
		if err == io.EOF {
			return file{shown: from.shown, count: from.count}.checkCount(count)
		}
		if err != nil {
			return fmt.Errorf("not JSON after resource %d", count)
		}
		var all []json.RawMessage
		if value[0] != '[' {
			all = []json.RawMessage{value}
		} else if json.Unmarshal(value, &all) != nil {
			return fmt.Errorf("not JSON after resource %d", count)
		}
		for _, resource := range all {
			var line bytes.Buffer
			if err := json.Compact(&line, resource); err != nil {
				return fmt.Errorf("not JSON after resource %d", count)
			}
			count++
			if err := s.one(from, line.Bytes(), count); err != nil {
				return fmt.Errorf("resource %d: %w", count, err)
			}
		}
	}
}

// one brings in one resource, or what is in one Bundle. What cannot be read goes where its file's resources go, and is quarantined there.
func (s *spooler) one(from source, line []byte, at int64) error {
	var head struct{ ResourceType string }
	if json.Unmarshal(line, &head) != nil || head.ResourceType == "" {
		return s.write(from, s.fallback(from), line, at)
	}
	switch {
	case head.ResourceType == "Bundle":
		return s.bundle(from, line, at, 0)
	case from.resource != "" && from.resource != "Bundle":
		return s.write(from, from.resource, line, at)
	}
	return s.write(from, head.ResourceType, line, at)
}

// fallback is the type whose table quarantines what has none.
func (s *spooler) fallback(from source) string {
	if from.resource != "" && from.resource != "Bundle" {
		return from.resource
	}
	if s.wanted["Patient"] {
		return "Patient"
	}
	return slices.Sorted(maps.Keys(s.wanted))[0]
}

// write adds a resource to its type's spool.
func (s *spooler) write(from source, typ string, line []byte, at int64) error {
	if !s.wanted[typ] {
		if !r4.IsResource(typ) {
			s.export.unread["resource of a type unknown to FHIR R4"]++
		}
		return nil
	}
	to := s.open[typ]
	if to == nil {
		path := filepath.Join(s.stage, typ+".ndjson")
		f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
		if err != nil {
			return err
		}
		to = &spooled{file: f, buf: bufio.NewWriterSize(f, 1<<16)}
		s.open[typ], s.wrote = to, true
	}
	to.lines++
	// the line's number in its own file, so that the quarantine leads there
	if n := len(to.parts); n == 0 || to.parts[n-1].shown != from.shown || to.lines-to.parts[n-1].line+1 != at {
		to.parts = append(to.parts, part{line: to.lines - at + 1, shown: from.shown})
	}
	_, err := to.buf.Write(append(line, '\n'))
	return err
}

func (s *spooler) close() error {
	var all error
	for typ, to := range s.open {
		all = errors.Join(all, to.buf.Flush(), to.file.Close())
		s.export.files[typ] = append(s.export.files[typ], file{path: to.file.Name(), shown: typ, parts: to.parts})
	}
	return all
}

// bundle is a Bundle, as far as it is read.
type bundle struct {
	Entry []struct {
		FullURL  string
		Resource json.RawMessage
		Request  struct{ Method, URL string }
	}
}

// bundlesDeep is how deep Bundles may be in one another.
const bundlesDeep = 3

// bundle brings in the resources of a Bundle, and what it deletes.
func (s *spooler) bundle(from source, line []byte, at int64, depth int) error {
	var b bundle
	if err := json.Unmarshal(line, &b); err != nil || depth > bundlesDeep {
		return errors.New("a Bundle that cannot be read")
	}
	from.resource = ""
	names := map[string]string{}
	for _, e := range b.Entry {
		typ, id := headOf(e.Resource)
		if urn, is := strings.CutPrefix(e.FullURL, "urn:uuid:"); is && id == "" {
			id = urn
		}
		if strings.HasPrefix(e.FullURL, "urn:") && typ != "" && id != "" {
			names[e.FullURL] = typ + "/" + id
		}
	}
	for _, e := range b.Entry {
		if e.Request.Method == "DELETE" {
			if err := s.export.gone.delete(e.Request.URL, from.until); err != nil {
				return err
			}
			continue
		}
		if len(e.Resource) == 0 || e.Resource[0] != '{' {
			continue
		}
		if !s.isOwn(e.FullURL) {
			s.export.unread["resource of another server, in a Bundle"]++
			continue
		}
		if err := s.entryOf(from, e.FullURL, e.Resource, names, at, depth); err != nil {
			return err
		}
	}
	return nil
}

func (s *spooler) entryOf(from source, fullURL string, resource json.RawMessage, names map[string]string, at int64, depth int) error {
	typ, id := headOf(resource)
	if typ == "Bundle" {
		return s.bundle(from, resource, at, depth+1)
	}
	var line bytes.Buffer
	if err := json.Compact(&line, resource); err != nil {
		return errors.New("a Bundle that cannot be read")
	}
	text := named(line.Bytes(), names)
	if urn, is := strings.CutPrefix(fullURL, "urn:uuid:"); is && id == "" && plainID.MatchString(urn) {
		text = append([]byte(`{"id":"`+urn+`",`), text[1:]...)
	}
	return s.one(from, text, at)
}

var plainID = regexp.MustCompile(`^[A-Za-z0-9.-]{1,64}$`)

func headOf(resource json.RawMessage) (typ, id string) {
	var head struct{ ResourceType, ID string }
	if json.Unmarshal(resource, &head) != nil {
		return "", ""
	}
	return head.ResourceType, head.ID
}

var urnReference = regexp.MustCompile(`"urn:[a-z]+:[^"\\]+"`)

// named puts the ids of a Bundle's own entries where its resources refer to them by their URN.
func named(resource []byte, names map[string]string) []byte {
	if len(names) == 0 {
		return resource
	}
	return urnReference.ReplaceAllFunc(resource, func(found []byte) []byte {
		if name, is := names[string(found[1:len(found)-1])]; is {
			return []byte(`"` + name + `"`)
		}
		return found
	})
}

// isOwn says whether a Bundle's entry is of the sender's own server. Where no base is declared for the sender, the first server that a
// Bundle names is the sender's.
func (s *spooler) isOwn(fullURL string) bool {
	if !strings.HasPrefix(fullURL, "http://") && !strings.HasPrefix(fullURL, "https://") {
		return true
	}
	gone := &s.export.gone
	if len(gone.bases) == 0 && gone.seen == "" {
		gone.seen = baseOf(fullURL)
	}
	if len(gone.bases) == 0 {
		return baseOf(fullURL) == gone.seen
	}
	_, own := relative(fullURL, gone.bases)
	return own
}

// baseOf is a URL without its last two parts, Type/id.
func baseOf(fullURL string) string {
	parts := strings.Split(fullURL, "/")
	return strings.Join(parts[:max(len(parts)-2, 0)], "/")
}

// relative is a URL below one of the bases, without it.
func relative(url string, bases []string) (string, bool) {
	for _, base := range bases {
		if rest, is := strings.CutPrefix(url, strings.TrimRight(base, "/")+"/"); is {
			return rest, true
		}
	}
	return url, false
}

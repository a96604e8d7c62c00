// Package inbox takes folders of files that a national service sent: each file in the order of its name, whole or
// with its faults kept apart.
package inbox

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"careshare/extract"
)

// Options say where a source's files are and where its tables go.
type Options struct {
	Folder     string // may be absent: then nothing was sent
	To         string // the folder of the Parquet files
	Quarantine *extract.Quarantine
}

// Validate returns what is missing.
func (o Options) Validate() error {
	if o.Folder == "" || o.To == "" || o.Quarantine == nil {
		return errors.New("a folder, a destination and a quarantine are needed")
	}
	return nil
}

// Fault is why a file, record, line or value was not taken. As an error it says where and which rule; Raw never
// becomes part of the error's text.
type Fault struct {
	Line   int64  // from 1; 0 where the file as a whole is at fault
	Key    string // the record's position or reference, where it could be read
	Column string // the column or element at fault
	Rule   string
	Raw    string // what came
	// Private: of Raw only the hash is kept, because it may hold where a protected person lives.
	Private bool
	Values  []extract.Value // what could still be read of the record
}

func (f Fault) Error() string {
	where := fmt.Sprintf("line %d", f.Line)
	if f.Column != "" {
		where += ", " + f.Column
	}
	return where + ": " + f.Rule
}

// Files lists the files of a folder whose names end in suffix, in any case, in the order of their names. A folder
// that is not there holds none: a service that has sent nothing yet is no fault.
func Files(folder, suffix string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", folder, err)
	}
	var paths []string
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasPrefix(name, ".") && strings.HasSuffix(strings.ToLower(name), suffix) {
			paths = append(paths, filepath.Join(folder, name))
		}
	}
	return paths, nil
}

// File is one open file of an inbox: its text, without a byte order mark.
type File struct {
	Name string // base name
	text *io.SectionReader
	file *os.File
}

// Open opens a file of at most limit bytes. A content that can never be read (no plain file, empty, too large, in
// UTF-16 or UTF-32) comes back as a Fault; any other error is the machine's.
func Open(path string, limit int64) (*File, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	switch {
	case !info.Mode().IsRegular(): // a pipe or a link would block, or lead out of the folder
		return nil, Fault{Rule: "not a plain file"}
	case info.Size() == 0:
		return nil, Fault{Rule: "empty file"}
	case info.Size() > limit:
		return nil, Fault{Rule: fmt.Sprintf("file over %d bytes", limit)}
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	text, err := Text(file, info.Size())
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &File{Name: filepath.Base(path), text: text, file: file}, nil
}

// Text is what follows a UTF-8 byte order mark, if there is one. The mark of another encoding is a Fault.
func Text(r io.ReaderAt, size int64) (*io.SectionReader, error) {
	mark := make([]byte, 3)
	n, err := r.ReadAt(mark, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read: %w", err)
	}
	mark = mark[:n]
	switch {
	case bytes.HasPrefix(mark, []byte("\xef\xbb\xbf")):
		return io.NewSectionReader(r, 3, size-3), nil
	case bytes.HasPrefix(mark, []byte("\xfe\xff")), bytes.HasPrefix(mark, []byte("\xff\xfe")), bytes.HasPrefix(mark, []byte("\x00\x00\xfe")):
		return nil, Fault{Rule: "not UTF-8"}
	}
	return io.NewSectionReader(r, 0, size), nil
}

// Text is the file from its first character.
func (f *File) Text() *io.SectionReader {
	return io.NewSectionReader(f.text, 0, f.text.Size())
}

// Close closes the file.
func (f *File) Close() error { return f.file.Close() }

// rawLimit bounds what is kept of one reject, in bytes.
const rawLimit = 64 << 10

// Raw is what stands between two offsets of a text, at most 64 KiB of it.
func Raw(text io.ReaderAt, from, to int64) string {
	raw := make([]byte, min(max(to-from, 0), rawLimit))
	n, _ := text.ReadAt(raw, from) // what cannot be read again is simply not kept
	return string(raw[:n])
}

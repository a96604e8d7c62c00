// Package delimited reads delimited text as databases and spreadsheets write it: any reader of the project accepts or
// refuses the same encodings, separators, line ends, headers and dates, under the same names.
package delimited

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// The encodings that a file may be declared to have. A byte order mark, and the zero bytes of UTF-16, need no declaration.
const (
	UTF8        = "utf-8"
	UTF16       = "utf-16"
	Windows1252 = "windows-1252"
)

// Encodings lists what Options.Encoding may say.
func Encodings() []string { return []string{UTF8, UTF16, Windows1252} }

// ErrNotUTF8 is a text in an encoding that nobody declared. It wraps into an error that names the line.
var ErrNotUTF8 = errors.New("not UTF-8; save the file as UTF-8, or declare its encoding where a Windows program wrote it (windows-1252)")

// sniffed is how much of a file decides its encoding, its line ends and its separator.
const sniffed = 64 << 10

// Options say how to open a file.
type Options struct {
	Encoding string // of a file without a byte order mark; empty: utf-8
	Folder   string // a private folder for a converted copy; empty: the system's own folder for temporary files
	Strict   bool   // refuse text that is not UTF-8 now; otherwise the reader sees the bytes
}

// File is the text of a delimited file: UTF-8, without a byte order mark, its lines ended by a line feed.
type File struct {
	Path      string // of the original, or of the converted copy, for readers such as an engine: it begins with the header
	Separator rune
	start     int64 // behind a byte order mark
	size      int64
	file      *os.File
	isCopy    bool
}

// Open opens a file. A file that has another encoding or other line ends is converted into a private copy.
func Open(path string, o Options) (*File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	opened, err := o.open(path, file)
	if err != nil {
		file.Close() // already closed where a converted copy took its place
		return nil, err
	}
	return opened, nil
}

func (o Options) open(path string, file *os.File) (*File, error) {
	head := make([]byte, sniffed)
	n, err := io.ReadFull(file, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	as, err := o.encodingOf(head[:n])
	if err != nil {
		return nil, err
	}
	text, err := decoded(head[:n], as)
	if err != nil {
		return nil, err
	}
	f := &File{Path: path, file: file, start: int64(as.mark)}
	returns := endsInReturns(text)
	if returns {
		text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	}
	separator, skipped := separatorOf(text)
	f.Separator = separator
	if as.decoder != nil || returns || skipped > 0 {
		if err := f.convert(as, o.Folder, returns, int64(skipped)); err != nil {
			return nil, err
		}
	}
	info, err := f.file.Stat()
	if err != nil {
		return nil, f.abandon(err)
	}
	f.size = info.Size() - f.start
	if o.Strict {
		return f, f.abandon(checkUTF8(f.Text()))
	}
	return f, nil
}

// abandon closes the file where there is an error.
func (f *File) abandon(err error) error {
	if err != nil && f.isCopy {
		err = errors.Join(err, f.Close())
	}
	return err
}

// Text is the file from its header.
func (f *File) Text() *io.SectionReader { return io.NewSectionReader(f.file, f.start, f.size) }

// Close closes the file and removes a converted copy.
func (f *File) Close() error {
	err := f.file.Close()
	if f.isCopy {
		err = errors.Join(err, os.Remove(f.Path))
	}
	return err
}

// written is how a file's bytes become text: the length of its byte order mark, and a decoder where it is not UTF-8.
type written struct {
	mark    int
	decoder encoding.Encoding
}

func (o Options) encodingOf(head []byte) (written, error) {
	little, big := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return written{mark: 3}, nil
	case bytes.HasPrefix(head, []byte("\xff\xfe\x00\x00")), bytes.HasPrefix(head, []byte("\x00\x00\xfe\xff")):
		return written{}, errors.New("UTF-32; save the file as UTF-8")
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return written{2, little}, nil
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return written{2, big}, nil
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return written{}, errors.New("a workbook or archive; save it as CSV")
	case bytes.HasPrefix(head, []byte("\x1f\x8b")), bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd")):
		return written{}, errors.New("a compressed file; unpack it")
	}
	even, odd := zeros(head)
	switch {
	case even+odd == 0 && o.Encoding == Windows1252:
		return written{decoder: charmap.Windows1252}, nil
	case odd > len(head)/8 && even == 0, o.Encoding == UTF16:
		return written{decoder: little}, nil
	case even > len(head)/8 && odd == 0:
		return written{decoder: big}, nil
	case even+odd > 0 && o.Strict:
		return written{}, errors.New("not text; it holds zero bytes")
	}
	return written{}, nil
}

// zeros counts the zero bytes at even and at odd places.
func zeros(head []byte) (even, odd int) {
	for i, b := range head {
		switch {
		case b == 0 && i%2 == 0:
			even++
		case b == 0:
			odd++
		}
	}
	return even, odd
}

// decoded is the beginning of a file as text. A character cut in two at its end is left out.
func decoded(head []byte, as written) ([]byte, error) {
	if as.decoder == nil {
		return head[as.mark:], nil
	}
	whole := head[as.mark : len(head)-(len(head)-as.mark)%2]
	return as.decoder.NewDecoder().Bytes(whole)
}

// endsInReturns reports whether lines end in a carriage return alone, as old Macintosh programs wrote them.
func endsInReturns(text []byte) bool {
	return bytes.IndexByte(text, '\r') >= 0 && bytes.IndexByte(text, '\n') < 0
}

// convert puts a UTF-8 copy with line feeds in the file's place, without the bytes of text that are skipped.
func (f *File) convert(as written, folder string, returns bool, skipped int64) error {
	if folder != "" {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
	}
	to, err := os.CreateTemp(folder, "text-*.csv") // 0600
	if err != nil {
		return err
	}
	from := io.Reader(io.NewSectionReader(f.file, int64(as.mark), 1<<62))
	if as.decoder != nil {
		from = transform.NewReader(from, as.decoder.NewDecoder())
	}
	if returns {
		from = &replacing{from, '\r', '\n'}
	}
	if _, err = io.CopyN(io.Discard, from, skipped); err == nil {
		_, err = io.Copy(to, from)
	}
	if err != nil {
		return errors.Join(err, to.Close(), os.Remove(to.Name()))
	}
	err = f.file.Close()
	f.file, f.Path, f.isCopy, f.start = to, to.Name(), true, 0
	return err
}

// replacing reads one byte for another.
type replacing struct {
	from    io.Reader
	old, by byte
}

func (r *replacing) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	for i := range p[:n] {
		if p[i] == r.old {
			p[i] = r.by
		}
	}
	return n, err
}

// separatorOf is the separator that the header has most of outside quotes, and how long a first line such as "sep=;" is.
func separatorOf(text []byte) (separator rune, skipped int) {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	if said := bytes.TrimRight(line, "\r"); len(said) == len("sep=;") && strings.EqualFold(string(said[:4]), "sep=") {
		return rune(said[4]), len(line) + 1
	}
	most := 0
	separator = ','
	for _, candidate := range ",;\t|" {
		count, quoted := 0, false
		for _, r := range string(line) {
			quoted = quoted != (r == '"')
			if r == candidate && !quoted {
				count++
			}
		}
		if count > most {
			separator, most = candidate, count
		}
	}
	return separator, 0
}

// checkUTF8 names the first line that is not UTF-8.
func checkUTF8(text io.Reader) error {
	line := 1
	var rest []byte
	buffer := make([]byte, sniffed)
	for {
		n, err := text.Read(buffer)
		piece := append(rest, buffer[:n]...)
		for len(piece) > 0 {
			r, size := utf8.DecodeRune(piece)
			if r == utf8.RuneError && size == 1 {
				if err == nil && !utf8.FullRune(piece) {
					break
				}
				return fmt.Errorf("line %d: %w", line, ErrNotUTF8)
			}
			if r == '\n' {
				line++
			}
			piece = piece[size:]
		}
		rest = append([]byte(nil), piece...)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// Keep closes the file and returns the path of its text, for a reader such as an engine. A converted copy stays.
func (f *File) Keep() (path string, err error) { return f.Path, f.file.Close() }

// Reader reads the file's records, the header first.
func (f *File) Reader() *csv.Reader {
	reader := csv.NewReader(f.Text())
	reader.Comma = f.Separator
	return reader
}

// Lines are all records of a small text, the header first, each of any length. An error names the line.
func Lines(data []byte) ([][]string, error) {
	text, err := Decode(data)
	if err != nil {
		return nil, err
	}
	separator, skipped := separatorOf(text)
	reader := csv.NewReader(bytes.NewReader(text[skipped:]))
	reader.Comma, reader.FieldsPerRecord = separator, -1
	lines, err := reader.ReadAll()
	return lines, Broken(err)
}

// Broken is a fault of the CSV reader with its line and its rule, without anything of the text.
func Broken(err error) error {
	var broken *csv.ParseError
	if errors.As(err, &broken) {
		return fmt.Errorf("line %d: %w", broken.Line, broken.Err)
	}
	return err
}

// Header is a header without blanks around its names. Two columns of one name, whatever the case, are an error: nobody can
// say which of them counts. A column without a name may occur several times, as spreadsheets add them.
func Header(names []string) ([]string, error) {
	seen := map[string]int{}
	trimmed := make([]string, len(names))
	for i, name := range names {
		trimmed[i] = strings.TrimSpace(name)
		lower := strings.ToLower(trimmed[i])
		if first := seen[lower]; lower != "" && first > 0 { // a file without a header has values there: none is quoted
			return nil, fmt.Errorf("the header names columns %d and %d alike", first, i+1)
		}
		seen[lower] = i + 1
	}
	return trimmed, nil
}

// Decode is a small text, such as a YAML file, as UTF-8 without a byte order mark.
func Decode(data []byte) ([]byte, error) {
	as, err := Options{Strict: true}.encodingOf(data[:min(len(data), sniffed)])
	if err != nil {
		return nil, err
	}
	text, err := decoded(data, as)
	if err != nil {
		return nil, err
	}
	if endsInReturns(text) {
		text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	}
	return text, checkUTF8(bytes.NewReader(text))
}

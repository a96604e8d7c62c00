package fhir

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"careshare/extract"
	"careshare/extract/fhir/r4"
)

// packing is how a file's bytes are packed, told by how they begin and never by its name.
type packing int

const (
	packedNot packing = iota
	packedGzip
	packedZstd
	packedZip
)

// form is how a file holds its resources.
type form int

const (
	formLines  form = iota // a resource a line
	formValues             // JSON values one after the other, over lines or in an array
	formEmpty              // no byte but blanks
	formOther              // no JSON
)

// sniffed is what the first bytes of a file tell of it.
type sniffed struct {
	packing  packing
	form     form
	hasBOM   bool
	resource string // type of the first resource; empty where it gives none
}

// sniffedBytes is how much of a file is looked at: what begins later is found when the file is read.
const sniffedBytes = 1 << 20

var errUTF16 = errors.New("encoded as UTF-16: FHIR is UTF-8; ask the sender for it, or convert the file")

// sniff looks at the beginning of a file. What no reader here takes is an error that says what it is.
func sniff(path string) (sniffed, error) {
	f, err := os.Open(path)
	if err != nil {
		return sniffed{}, err
	}
	defer f.Close()
	from, packing, err := unpacked(f)
	if err != nil || packing == packedZip {
		return sniffed{packing: packing}, err
	}
	start, err := io.ReadAll(io.LimitReader(from, sniffedBytes))
	if err != nil && len(start) == 0 {
		return sniffed{}, err
	}
	s, err := sniffText(start)
	s.packing = packing
	return s, err
}

// unpacked reads a file as what it is packed in. A zip archive is left as it is: its entries are files of their own.
func unpacked(f io.Reader) (io.Reader, packing, error) {
	buffered := bufio.NewReaderSize(f, 1<<18)
	magic, _ := buffered.Peek(4)
	switch {
	case bytes.HasPrefix(magic, []byte("\x1f\x8b")):
		from, err := extract.Unpack(buffered)
		return from, packedGzip, err
	case bytes.HasPrefix(magic, []byte("\x28\xb5\x2f\xfd")):
		from, err := zstd.NewReader(buffered, zstd.WithDecoderMaxMemory(256<<20), zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, packedZstd, err
		}
		return from.IOReadCloser(), packedZstd, nil
	case bytes.HasPrefix(magic, []byte("PK\x03\x04")), bytes.HasPrefix(magic, []byte("PK\x05\x06")):
		return nil, packedZip, nil
	}
	return buffered, packedNot, nil
}

var utf8BOM = []byte("\xef\xbb\xbf")

func sniffText(start []byte) (s sniffed, err error) {
	if bytes.HasPrefix(start, []byte("\xff\xfe")) || bytes.HasPrefix(start, []byte("\xfe\xff")) || len(start) > 1 && (start[0] == 0 || start[1] == 0) {
		return s, errUTF16
	}
	s.hasBOM = bytes.HasPrefix(start, utf8BOM)
	start = bytes.TrimPrefix(start, utf8BOM)
	text := bytes.TrimLeft(start, " \t\r\n")
	switch {
	case len(text) == 0:
		s.form = formEmpty
		return s, nil
	case text[0] == '[':
		s.form = formValues
	case text[0] != '{':
		s.form = formOther
		return s, nil
	default:
		s.form = formOf(text)
	}
	var version error
	s.resource, version = firstResource(text)
	return s, version
}

// formOf tells a resource a line from one over several lines: the first line is whole, or what begins there ends beyond it.
func formOf(text []byte) form {
	line, rest, found := bytes.Cut(text, []byte("\n"))
	if json.Valid(line) || !found && len(rest) == 0 && len(text) == sniffedBytes {
		return formLines
	}
	var value json.RawMessage
	if json.NewDecoder(bytes.NewReader(text)).Decode(&value) == nil || len(text) >= sniffedBytes-len(utf8BOM) && len(bytes.TrimSpace(line)) < 3 {
		return formValues
	}
	return formLines // a broken first line is the quarantine's
}

// firstResource is the type of the first resource, and an error where its profile is of a version of FHIR that is not read.
func firstResource(text []byte) (string, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if text[0] == '[' {
		if _, err := decoder.Token(); err != nil {
			return "", nil
		}
	}
	var first struct {
		ResourceType string
		Meta         struct{ Profile []string }
		Entry        []struct {
			Resource struct{ Meta struct{ Profile []string } }
		}
	}
	if decoder.Decode(&first) != nil {
		return "", nil
	}
	profiles := first.Meta.Profile
	for _, e := range first.Entry {
		profiles = append(profiles, e.Resource.Meta.Profile...)
	}
	for _, profile := range profiles {
		if version := versionOf(profile); version != "" {
			return first.ResourceType, fmt.Errorf("holds FHIR %s, by its profiles: R4 and R4B are read; ask the sender for them", version)
		}
	}
	return first.ResourceType, nil
}

var otherVersion = regexp.MustCompile(`(?i)/(DSTU2|STU3)/|/fhir/(1\.0|3\.0|5\.0|6\.0)/`)

func versionOf(profile string) string {
	found := otherVersion.FindStringSubmatch(profile)
	if found == nil {
		return ""
	}
	if found[1] != "" {
		return strings.ToUpper(found[1])
	}
	return map[string]string{"1.0": "DSTU2", "3.0": "STU3", "5.0": "R5", "6.0": "R6"}[found[2]]
}

// endings are what the names of health files end in, packing apart.
var endings = []string{".ndjson", ".jsonl", ".json"}

// isHealthName says whether a file's name may be that of a health file.
func isHealthName(name string) bool {
	name = strings.ToLower(name)
	if strings.HasSuffix(name, ".zip") {
		return true
	}
	return slices.Contains(endings, filepath.Ext(strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".zst")))
}

var nameWords = regexp.MustCompile(`[A-Za-z]+`)

// namedType is the one resource type that a file's name gives, as in Patient.ndjson, 1.Patient.ndjson and patient_0.jsonl.
func namedType(name string) string {
	stem, _, _ := strings.Cut(strings.ToLower(name), ".ndjson")
	found := ""
	for _, word := range nameWords.FindAllString(stem, -1) {
		typ := r4.ResourceNamed(word)
		if typ == "" {
			continue
		}
		if found != "" && found != typ {
			return ""
		}
		found = typ
	}
	return found
}

var errZip = errors.New("a zip archive that is damaged")

// zipCaps bound what one archive may hold.
const (
	zipFiles = 10_000
	zipBytes = 32 << 30
)

// openZip lists the health files of an archive.
func openZip(path string) (*zip.ReadCloser, []*zip.File, error) {
	archive, err := zip.OpenReader(path)
	if err != nil {
		return nil, nil, errZip
	}
	var health []*zip.File
	var size uint64
	for _, entry := range archive.File {
		if entry.FileInfo().IsDir() || !isHealthName(entry.Name) || strings.HasSuffix(strings.ToLower(entry.Name), ".zip") {
			continue
		}
		size += entry.UncompressedSize64
		health = append(health, entry)
	}
	if len(archive.File) > zipFiles || size > zipBytes {
		archive.Close()
		return nil, nil, fmt.Errorf("a zip archive of over %d files or %d GiB unpacked", zipFiles, zipBytes>>30)
	}
	return archive, health, nil
}

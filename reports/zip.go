package reports

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

const contentTypes = "[Content_Types].xml"

var typeEntry = regexp.MustCompile(`<(?:Default|Override) [^>]*></(?:Default|Override)>`)

// Save writes a finished workbook: the same tables give the same bytes. It goes through a file of the scratch folder, which
// has no name any more while it is used.
func Save(w io.Writer, scratch string, book *excelize.File) (err error) {
	unsettled, err := os.CreateTemp(scratch, "workbook-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unsettled.Close()) }()
	if err := os.Remove(unsettled.Name()); err != nil {
		return err
	}
	if err := book.Write(unsettled); err != nil {
		return err
	}
	return settle(w, unsettled)
}

// settle copies a workbook's parts in one order, so that the same tables give the same bytes: the library writes streamed
// sheets, and the list of content types, in the order of a map. Compressed parts are copied as they are.
func settle(w io.Writer, written *os.File) error {
	info, err := written.Stat()
	if err != nil {
		return err
	}
	parts, err := zip.NewReader(written, info.Size())
	if err != nil {
		return err
	}
	slices.SortFunc(parts.File, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) }) // [ sorts before letters
	out := zip.NewWriter(w)
	for _, part := range parts.File {
		if part.Name == contentTypes {
			err = settleTypes(out, part)
		} else {
			err = out.Copy(part)
		}
		if err != nil {
			return fmt.Errorf("copy %s: %w", part.Name, err)
		}
	}
	return out.Close()
}

func settleTypes(out *zip.Writer, part *zip.File) error {
	from, err := part.Open()
	if err != nil {
		return err
	}
	defer from.Close()
	content, err := io.ReadAll(from)
	if err != nil {
		return err
	}
	entries := typeEntry.FindAllString(string(content), -1)
	slices.Sort(entries)
	next := 0
	settled := typeEntry.ReplaceAllStringFunc(string(content), func(string) string {
		next++
		return entries[next-1]
	})
	to, err := out.Create(part.Name)
	if err != nil {
		return err
	}
	_, err = io.WriteString(to, settled)
	return err
}

package returns

import (
	"bytes"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// The same lists give the same bytes: the library writes streamed sheets in the order of a map.
func TestListsAreTheSameBytesAgain(t *testing.T) {
	t.Parallel()
	write := func() []byte {
		var lists []List
		for i := range 11 {
			var rows iter.Seq2[[]string, error] = func(yield func([]string, error) bool) { yield([]string{"child"}, nil) }
			lists = append(lists, List{Sheet: fmt.Sprint("list ", i), Heading: []string{"Who"}, IsDate: []bool{false}, IsCount: []bool{false}, Longest: []int{5}, Rows: rows})
		}
		var out bytes.Buffer
		if err := Lists(&out, t.TempDir(), "Annex A", time.Unix(0, 0), lists); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	if first, second := write(), write(); !bytes.Equal(first, second) {
		t.Error("the same lists were written as other bytes")
	}
}

// A list can be read on paper: each heading whole over its column, and every page with the headings and whom a row is about.
func TestListsAreLaidOutForPaper(t *testing.T) {
	t.Parallel()
	list := List{Sheet: "list 8", Rows: func(yield func([]string, error) bool) { yield(make([]string, 30), nil) }}
	for range 30 {
		list.Heading = append(list.Heading, "Organisation completing assessment")
		list.IsDate, list.IsCount, list.Longest = append(list.IsDate, false), append(list.IsCount, false), append(list.Longest, 4)
	}
	var out bytes.Buffer
	if err := Lists(&out, t.TempDir(), "Annex A", time.Unix(0, 0), []List{list}); err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	width, _ := file.GetColWidth("list 8", "B")
	height, _ := file.GetRowHeight("list 8", 1)
	if width < float64(len("Organisation")) || height < 32 {
		t.Errorf("the heading has %v by %v", width, height)
	}
	if layout, err := file.GetPageLayout("list 8"); err != nil || layout.FitToWidth == nil || *layout.FitToWidth < 3 || *layout.Orientation != "landscape" {
		t.Errorf("30 columns go on %+v, %v", layout, err)
	}
	if names := file.GetDefinedName(); len(names) != 1 || names[0].RefersTo != "'list 8'!$A:$A,'list 8'!$1:$1" {
		t.Errorf("repeated on each page: %v", names)
	}
}

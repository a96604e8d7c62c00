package reports

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// Every sheet is for A4 across, its header on each page, and no margin is so small that a printer cuts into the text.
func TestWorkbookIsLaidOutForPaper(t *testing.T) {
	var out bytes.Buffer
	tables := []Table{TextTable("one", "One", []string{"a", "b"}, [][]string{{"x", "y"}}), TextTable("two wide", "Two", []string{"a", "b"}, nil)}
	tables[1].PagesWide = 2
	if err := Workbook(&out, t.TempDir(), someAbout, []string{strings.Repeat("a long note ", 30)}, tables); err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, sheet := range file.GetSheetList() {
		layout, err := file.GetPageLayout(sheet)
		if err != nil || *layout.Size != 9 || *layout.Orientation != "landscape" || *layout.FitToWidth != map[bool]int{true: 2, false: 1}[sheet == "two wide"] || *layout.FitToHeight != 0 {
			t.Errorf("%s is not laid out for A4 across: %v", sheet, err)
		}
		if props, err := file.GetSheetProps(sheet); err != nil || props.FitToPage == nil || !*props.FitToPage {
			t.Errorf("%s is not fitted to the page: %v", sheet, err)
		}
		margins, err := file.GetPageMargins(sheet)
		for _, margin := range []*float64{margins.Left, margins.Right, margins.Top, margins.Bottom, margins.Footer} {
			if err != nil || margin == nil || *margin < 0.25 {
				t.Errorf("%s has a margin that a printer cuts into", sheet)
			}
		}
		if foot, err := file.GetHeaderFooter(sheet); err != nil || !strings.Contains(foot.OddFooter, "&P of &N") {
			t.Errorf("%s has no page numbers", sheet)
		}
	}
	repeated := map[string]string{}
	for _, name := range file.GetDefinedName() {
		repeated[name.Scope] = name.RefersTo
	}
	if repeated["one"] != "'one'!$3:$3" || repeated["two wide"] != "'two wide'!$A:$A,'two wide'!$3:$3" {
		t.Errorf("repeated on each page: %v", repeated)
	}
	if notes, _ := file.GetRows("notes"); len(notes) != 4 {
		t.Errorf("notes without figures explain shorthand: %v", notes)
	}
	if height, _ := file.GetRowHeight("notes", 4); height < 4*16 {
		t.Errorf("a note of 360 letters is given %v points", height)
	}
}

// A wide table goes over as many pages as it takes to be read, and each of them says which row it is.
func TestAWideTableIsPrintedLegibly(t *testing.T) {
	table := Table{Header: []string{"person_id", "dataset", "a_rather_long_heading", "reason", "purpose"}, Keys: 2}
	for _, c := range []struct {
		longest []int
		pages   int
	}{{[]int{7, 25, 4, 30, 20}, 1}, {[]int{7, 25, 4, 300, 300}, 1}, {[]int{40, 40, 40, 40, 40}, 2}, {[]int{300, 300, 300, 300, 4}, 2}} {
		table.FitPaper(c.longest)
		if table.PagesWide != c.pages || table.Widths[2] < 24 {
			t.Errorf("%v: %d pages, %v", c.longest, table.PagesWide, table.Widths)
		}
	}
	table.Name, table.Title, table.Rows = "wide", "Wide", rowsOf(nil)
	var out bytes.Buffer
	if err := Workbook(&out, t.TempDir(), someAbout, nil, []Table{table}); err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, name := range file.GetDefinedName() {
		if name.Scope == "wide" && name.RefersTo != "'wide'!$A:$B,'wide'!$3:$3" {
			t.Errorf("repeated on each page: %s", name.RefersTo)
		}
	}
	if layout, err := file.GetPageLayout("wide"); err != nil || *layout.PageOrder != "overThenDown" || *layout.FitToWidth != 2 {
		t.Errorf("the pages of one row do not lie together: %v", err)
	}
}

// A heading stands over its column: to the right over numbers.
func TestHeadingsStandOverTheirColumns(t *testing.T) {
	file, err := excelize.OpenReader(bytes.NewReader(written(t, hostilePack())))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for cell, want := range map[string]string{"A4": "left", "A5": "left", "B4": "right", "B5": "right"} {
		id, err := file.GetCellStyle("hostile", cell)
		if err != nil {
			t.Fatal(err)
		}
		style, err := file.GetStyle(id)
		if err != nil || style.Alignment == nil || style.Alignment.Horizontal != want {
			t.Errorf("%s does not stand to the %s: %v", cell, want, err)
		}
	}
}

func TestWrapped(t *testing.T) {
	for words, want := range map[string]int{"": 0, "one": 1, "one two": 1, "one two three": 2, "one\ntwo": 2, "1234567890": 1, "12345678901": 2, "abc 12345678901 x": 3, "éééééééééé": 1} {
		if got := wrapped(words, 10); got != want {
			t.Errorf("%q takes %d lines of ten, not %d", words, got, want)
		}
	}
}

func TestLongNotesStandOnSeveralLines(t *testing.T) {
	words := strings.TrimSpace(strings.Repeat("limits of what is counted ", 20))
	lines := parted(words)
	if len(lines) != 4 || strings.Join(lines, " ") != words || len(lines[0]) > 130 {
		t.Errorf("%d lines: %q", len(lines), lines)
	}
	if got := parted("This sheet contains one table."); len(got) != 1 {
		t.Errorf("a short note is %q", got)
	}
}

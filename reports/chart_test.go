package reports

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// Names that begin alike can be told apart at their bars, on two lines where one is too short; a phone's chart stays legible.
func TestBarsHaveTheirWholeNames(t *testing.T) {
	var rows [][]Cell
	for _, name := range []string{"council to health: allocated teams", "council to health: allocated workers", "casestore, dm_persons: null in a required column", "visits"} {
		rows = append(rows, []Cell{text(name), signed(10)})
	}
	svg, err := Chart{Title: "Shared", Column: 1, Rows: len(rows)}.svg(rows)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"teams<", "workers<", "column<", "visits<"} {
		if !strings.Contains(string(svg), want) {
			t.Errorf("no label ends in %s", want)
		}
	}
	if strings.Contains(string(svg), "…") {
		t.Error("a name that fits on two lines is cut")
	}
	if got := inLines(strings.Repeat("a", 80)); !strings.HasSuffix(got, "…") {
		t.Errorf("a word that fits nowhere is %q", got)
	}
}

// A share is shown as the page shows it: it was rounded to a whole number in the workbook alone.
func TestASharePrintsItsDecimal(t *testing.T) {
	table := Table{Name: "shares", Title: "Shares", Header: []string{"team", "%"}, Numeric: []bool{false, true}, Rows: rowsOf([][]Cell{{text("a"), number(23.8)}, {text("b"), number(1200)}})}
	var out bytes.Buffer
	if err := Workbook(&out, t.TempDir(), someAbout, nil, []Table{table}); err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for cell, want := range map[string]string{"B4": "23.8", "B5": "1,200"} {
		if got, err := file.GetCellValue("shares", cell); err != nil || got != want {
			t.Errorf("%s shows %s, want %s (%v)", cell, got, want, err)
		}
	}
}

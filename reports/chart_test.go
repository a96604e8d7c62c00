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
		rows = append(rows, []Cell{text(name), number(10)})
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

// A chart of which every number is hidden is a picture of nothing: the table says so alone.
func TestNothingShownHasNoChart(t *testing.T) {
	for value, want := range map[string]bool{"hidden": false, "shown": true} {
		f := figure{figure: "cpis_accesses", breakdown: "hour", category: "01:00", measure: "children seen"}
		f.value.Float64, f.value.Valid = 10, value == "shown"
		table := tableOf(Section{Figure: "cpis_accesses", Title: "Seen"}, []figure{f}, "hour", "children seen", false)
		if got := table.Chart != nil; got != want {
			t.Errorf("a number that is %s: has a chart: %v", value, got)
		}
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

// A chart with thirty bars is printed on one page, and each bar keeps its name.
func TestAChartFitsItsPage(t *testing.T) {
	for rows, want := range map[int]uint{4: 244, 30: 600, 60: 1110} {
		if got := chartHeight(rows); got != want {
			t.Errorf("%d bars: %d, want %d", rows, got, want)
		}
	}
}

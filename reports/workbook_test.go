package reports

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

var someAbout = About{Again: "report managers-pack", Title: "A pack", Run: "20261101T070000Z", AsAt: time.Date(2026, 11, 1, 7, 0, 0, 0, time.UTC), Agreement: "1", RootSize: 3, RootHash: "abc="}

// hostile are texts that a spreadsheet or a browser might take for something else.
var hostile = []string{"=cmd()", "+1", "@sum", "<script>alert(1)</script>", "0123456789", "007", "Zoë O’Brien-Ångström 李", strings.Repeat("long ", 60), "a\tb\nc", "\x00\x0b"}

func hostilePack() Pack {
	var rows [][]Cell
	for i, name := range hostile {
		rows = append(rows, []Cell{text(name), number(float64(i * 1000)), text(suppressed)})
	}
	t := Table{Name: "hostile", Title: "Hostile <b>names</b>", Notes: []string{"A note."}, Header: []string{"name", "count", "other"}, Rows: rowsOf(rows),
		Numeric: []bool{false, true, true}, Hides: true, Lines: []Lines{{Title: "Hostile: count", Rows: len(rows), Columns: []int{1}}}}
	empty := Table{Name: "empty", Title: "Nothing", Header: []string{"all", "count"}, Rows: rowsOf(nil)}
	return Pack{About: someAbout, Sections: []Section{{Figure: "hostile_names", Title: "Hostile", Tables: []Table{t, empty}}}}
}

func written(t *testing.T, p Pack) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Workbook(&out, t.TempDir(), p.About, nil, p.Sections[0].Tables); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestWorkbookPassesTheChecklist(t *testing.T) {
	file, err := excelize.OpenReader(bytes.NewReader(written(t, hostilePack())))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if found := faults(t, file); len(found) > 0 {
		t.Error(strings.Join(found, "\n"))
	}
	for i, want := range hostile {
		cell := fmt.Sprintf("A%d", i+5) // title, count, note, header
		got, err := file.GetCellValue("hostile", cell)
		if err != nil {
			t.Fatal(err)
		}
		if kind, _ := file.GetCellType("hostile", cell); kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString {
			t.Errorf("%q is held as %v, not as text", want, kind)
		}
		if formula, _ := file.GetCellFormula("hostile", cell); formula != "" {
			t.Errorf("%q became the formula %q", want, formula)
		}
		if want != "\x00\x0b" && got != want {
			t.Errorf("%q became %q", want, got)
		}
	}
}

// faults are the points of the Government Analysis Function's checklist that a workbook breaks.
func faults(t *testing.T, file *excelize.File) (found []string) {
	t.Helper()
	say := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	sheets := file.GetSheetList()
	if len(sheets) > 4 && sheets[1] == "cover" { // the sheet that answers may stand before it
		sheets = sheets[1:]
	}
	if len(sheets) < 4 || sheets[0] != "cover" || sheets[1] != "contents" || sheets[2] != "notes" {
		say("sheets %v do not begin with cover, contents, notes", sheets)
	}
	if file.GetActiveSheetIndex() != 0 {
		say("the first sheet is not the one that opens")
	}
	if props, err := file.GetDocProps(); err != nil || props.Title == "" || props.Creator == "" || props.Language != "en-GB" {
		say("title, author and language are not all set: %v %+v", err, props)
	}
	for _, sheet := range sheets {
		found = append(found, sheetFaults(t, file, sheet)...)
	}
	return found
}

func sheetFaults(t *testing.T, file *excelize.File, sheet string) (found []string) {
	t.Helper()
	say := func(format string, args ...any) { found = append(found, sheet+": "+fmt.Sprintf(format, args...)) }
	if len(sheet) > 30 {
		say("its name is too long")
	}
	rows, err := file.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) < 4 || rows[0][0] == "" || !strings.Contains(rows[1][0], "one table") {
		say("A1 is no title or A2 does not count the tables")
	}
	tables, err := file.GetTables(sheet)
	if err != nil || len(tables) != 1 {
		say("%d tables", len(tables))
		return found
	}
	place := regexp.MustCompile(`^A(\d+):([A-Z]+)(\d+)$`).FindStringSubmatch(tables[0].Range)
	if place == nil {
		say("its table lies at %s, not in column A", tables[0].Range)
		return found
	}
	var header, last int
	fmt.Sscan(place[1], &header)
	fmt.Sscan(place[3], &last)
	seen := map[string]bool{}
	for _, name := range rows[header-1] {
		if seen[strings.ToLower(name)] || name == "" {
			say("header text %q is empty or stands twice", name)
		}
		seen[strings.ToLower(name)] = true
	}
	for i := header; i < last; i++ {
		if len(rows[i]) == 0 {
			say("row %d is blank", i+1)
		}
		if visible, err := file.GetRowVisible(sheet, i+1); err != nil || !visible {
			say("row %d is hidden", i+1)
		}
	}
	if merged, err := file.GetMergeCells(sheet); err != nil || len(merged) > 0 {
		say("%d merged cells", len(merged))
	}
	return found
}

func TestTheChecklistSeesFaults(t *testing.T) {
	file := excelize.NewFile()
	defer file.Close()
	_ = file.SetCellStr("Sheet1", "B3", "alone")
	_ = file.MergeCell("Sheet1", "B3", "C4")
	if found := faults(t, file); len(found) < 4 {
		t.Errorf("found only %v", found)
	}
}

func TestWorkbookGivesTheSameBytes(t *testing.T) {
	if !bytes.Equal(written(t, hostilePack()), written(t, hostilePack())) {
		t.Error("two workbooks of one pack differ")
	}
}

func TestWorkbookHasARealChart(t *testing.T) {
	if !bytes.Contains(written(t, hostilePack()), []byte("xl/charts/chart1.xml")) {
		t.Error("no chart in the workbook")
	}
}

// TestAMillionRowsStream holds the memory of a large extract: what the process holds at most while it is written.
func TestAMillionRowsStream(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: a million rows take a while")
	}
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	most := uint64(0)
	row := []Cell{text("1000001"), text("medications"), text("withheld"), text("consented: never asked")}
	rows := func(yield func([]Cell, error) bool) {
		var now runtime.MemStats
		for i := range 1_000_000 {
			if i%20_000 == 0 {
				runtime.ReadMemStats(&now)
				most = max(most, now.HeapInuse-min(before.HeapInuse, now.HeapInuse))
			}
			if !yield(row, nil) {
				return
			}
		}
	}
	counted := &counter{}
	err := Workbook(counted, t.TempDir(), someAbout, nil, []Table{{Name: "rows", Title: "Rows", Header: []string{"person", "dataset", "decision", "why"}, Rows: rows}})
	if err != nil {
		t.Fatal(err)
	}
	var after runtime.MemStats
	runtime.ReadMemStats(&after)
	most = max(most, after.HeapInuse-min(before.HeapInuse, after.HeapInuse))
	t.Logf("1,000,000 rows: %d MB of workbook, at most %d MB of memory", counted.bytes>>20, most>>20)
	if most > 150<<20 {
		t.Errorf("%d MB of memory", most>>20)
	}
	if counted.bytes < 1<<20 {
		t.Errorf("only %d bytes were written", counted.bytes)
	}
}

type counter struct{ bytes int }

func (c *counter) Write(p []byte) (int, error) {
	c.bytes += len(p)
	return len(p), nil
}

func TestWriteFileIsPrivateAndNew(t *testing.T) {
	path := t.TempDir() + "/report.xlsx"
	write := func(w io.Writer) error { _, err := io.WriteString(w, "x"); return err }
	if err := WriteFile(path, write); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if err := WriteFile(path, write); err == nil {
		t.Error("an old report was written over")
	}
	path += ".half"
	if err := WriteFile(path, func(w io.Writer) error { return errors.Join(write(w), errors.New("no space")) }); err == nil {
		t.Error("what failed was not said")
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("half a report was left")
	}
}

// A list as at seven in the morning must not be headed six, in summer, above times of London.
func TestAReportIsHeadedByLondonsClock(t *testing.T) {
	for want, at := range map[string]time.Time{
		"1 July 2026 07:00 BST":     time.Date(2026, 7, 1, 6, 0, 0, 0, time.UTC),
		"1 November 2026 07:00 GMT": time.Date(2026, 11, 1, 7, 0, 0, 0, time.UTC),
	} {
		if got := (About{AsAt: at}).Lines()[0]; got != [2]string{"As at", want} {
			t.Errorf("%v, want %s", got, want)
		}
		var page strings.Builder
		if err := Page(&page, Pack{About: About{AsAt: at}}); err != nil || strings.Count(page.String(), want) != 2 {
			t.Errorf("head and foot of the page do not say %s: %v", want, err)
		}
	}
}

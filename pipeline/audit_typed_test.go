package pipeline

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"careshare/pipeline/exit"
	"careshare/pipeline/snapshot"

	"github.com/xuri/excelize/v2"
)

// The first sheet answers the auditor's question for each refusal, with numbers, dates and truths as values.
func TestTheAuditorsFirstSheetAnswers(t *testing.T) {
	t.Parallel()
	w := demo(t)
	book, err := excelize.OpenFile(filepath.Join(w.lake(), "current", "reports", snapshot.AuditName, "audit-extracts.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if first := book.GetSheetList()[0]; first != "consent refusals" || book.GetActiveSheetIndex() != 0 {
		t.Fatalf("the workbook opens at sheet %d, and %s is the first", book.GetActiveSheetIndex(), first)
	}
	rows, err := book.GetRows("consent refusals", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	head := slices.IndexFunc(rows, func(row []string) bool { return row[0] == "Consent request ID" })
	at := func(heading string) int {
		i := slices.Index(rows[head], heading)
		if i < 0 {
			t.Fatalf("no column %s in %q", heading, rows[head])
		}
		return i
	}
	worker, role, team := at("Asked by worker"), at("Asked by role"), at("Asked by team")
	standing, stopped, shared, honoured, check := at("Standing"), at("Rows stopped"), at("Rows shared"), at("Honoured"), at("Checked by")
	stands := 0
	for i, row := range rows[head+1:] {
		if row[worker] == "" || row[role] == "" || row[team] == "" {
			t.Fatalf("line %d does not say who asked", head+2+i)
		}
		if row[standing] == "1" {
			stands++
			if row[shared] != "0" || row[honoured] != "1" || row[check] != "refusal_not_honoured" {
				t.Fatalf("line %d: a standing refusal: %s rows shared, honoured %s, check %s", head+2+i, row[shared], row[honoured], row[check])
			}
		}
	}
	if want := w.query(t, "select count(*) from "+w.trusted("audit", "consent_refusals")+" where is_standing")[0][0]; want != fmt.Sprint(stands) || stands == 0 {
		t.Errorf("%d refusals stand in the workbook, %s in the data", stands, want)
	}
	for cell, is := range map[string]excelize.CellType{ // of the first row
		cellName(t, 0, head+2): excelize.CellTypeUnset, cellName(t, at("Asked at"), head+2): excelize.CellTypeUnset,
		cellName(t, stopped, head+2): excelize.CellTypeUnset, cellName(t, standing, head+2): excelize.CellTypeBool,
	} {
		if got, err := book.GetCellType("consent refusals", cell); err != nil || got != is {
			t.Errorf("%s: type %d, want %d (%v)", cell, got, is, err)
		}
	}
	if said, err := book.GetSheetDimension("consent refusals"); err != nil || said != "A1:"+cellName(t, len(rows[head])-1, len(rows)) {
		t.Errorf("the sheet says that it reaches %s (%v)", said, err)
	}
}

func cellName(t *testing.T, column, line int) string {
	t.Helper()
	name, err := excelize.CoordinatesToCellName(column+1, line)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// A spreadsheet sums a column, and its own files of the extract, .xlsx and .csv, are still proved row by row.
func TestTheAuditorsWorkbookInASpreadsheet(t *testing.T) {
	t.Parallel()
	convert := spreadsheet(t)
	w, folder := demo(t), t.TempDir()
	if code := w.run("report", snapshot.AuditName, "--config", w.config(), "--to", folder); code != exit.Done {
		t.Fatalf("report ended with %d: %s", code, w.stderr)
	}
	made, proof := filepath.Join(folder, "audit-extracts.xlsx"), filepath.Join(folder, snapshot.AuditProofName)
	auditor := world{}
	const british = "csv:Text - txt - csv (StarCalc):44,34,76,1,,2057,false,true,false,false,false,%d"
	for _, file := range []string{convert(made, "xlsx"), convert(made, fmt.Sprintf(british, 0))} {
		if code := auditor.run("verify", "--proof", proof, "--file", file); code != exit.Done || !strings.Contains(auditor.stdout, "consent_refusals") {
			t.Errorf("%s: verify ended with %d: %s%s", filepath.Base(file), code, auditor.stdout, auditor.stderr)
		}
	}
	book, err := excelize.OpenFile(made)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if err := book.SetCellFormula("cover", "D1", "SUM('disclosures'!J:J)"); err != nil {
		t.Fatal(err)
	}
	summed := filepath.Join(folder, "summed.xlsx")
	if err := book.SaveAs(summed); err != nil {
		t.Fatal(err)
	}
	cover := strings.TrimSuffix(convert(summed, fmt.Sprintf(british, 2)), ".csv") + "-cover.csv"
	content, err := os.ReadFile(cover)
	if err != nil {
		t.Fatal(err)
	}
	cells, err := csv.NewReader(strings.NewReader(string(content))).Read()
	if err != nil {
		t.Fatal(err)
	}
	if want := w.query(t, "select sum(count_rows) from "+w.trusted("audit", "disclosures"))[0][0]; len(cells) < 4 || strings.ReplaceAll(cells[3], ",", "") != want {
		t.Errorf("the spreadsheet sums %q, want %s", cells, want)
	}
}

package review

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

func queue() Queue {
	return Queue{
		Run: "20261101T070000Z", AsAt: time.Date(2026, 11, 1, 7, 0, 0, 0, time.UTC),
		Columns: []Column{{"person_id", "The person.", false}, {"nhs_number", "The number.", true}, {"decision", "Yours.", true}, {"family_name", "A name.", true}},
		Rows: [][]string{
			{"12", "0990000018", "", "=HYPERLINK(\"x\")"}, // no English number begins with 0, and none may lose it
			{"13", "9990000026", "", "O'Brien-Ñandú"},
		},
	}
}

func TestTheWorkbookIsOneTableOfTexts(t *testing.T) {
	content, err := queue().Workbook()
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	tables, err := book.GetTables(queueSheet)
	if err != nil || len(tables) != 1 || tables[0].Range != "A1:D3" {
		t.Errorf("tables %+v, %v", tables, err)
	}
	if merged, _ := book.GetMergeCells(queueSheet); len(merged) > 0 {
		t.Error("cells are merged")
	}
	for cell, want := range map[string]string{"B1": "NHS number", "B2": "0990000018", "D2": `=HYPERLINK("x")`, "D3": "O'Brien-Ñandú"} {
		got, err := book.GetCellValue(queueSheet, cell)
		kind, _ := book.GetCellType(queueSheet, cell)
		if err != nil || got != want || kind != excelize.CellTypeSharedString {
			t.Errorf("%s is %q of type %v, want the text %q", cell, got, kind, want)
		}
	}
	if formula, _ := book.GetCellFormula(queueSheet, "D2"); formula != "" {
		t.Error("a name became a formula")
	}
	if choices, err := book.GetDataValidations(queueSheet); err != nil || len(choices) != 1 || choices[0].Sqref != "C2:C3" {
		t.Errorf("choices %+v, %v", choices, err)
	}
	if properties, err := book.GetDocProps(); err != nil || properties.Title == "" || properties.Language != "en-GB" {
		t.Errorf("properties %+v, %v", properties, err)
	}
}

func TestAnEmptyQueueIsAWorkbookToo(t *testing.T) {
	q := queue()
	q.Rows = nil
	content, err := q.Workbook()
	if err != nil {
		t.Fatal(err)
	}
	if decisions, faults, err := Read(bytes.NewReader(content)); len(decisions) != 0 || len(faults) != 0 || err != nil {
		t.Errorf("%v %v %v", decisions, faults, err)
	}
}

func TestTheSameQueueGivesTheSameBytes(t *testing.T) {
	for name, write := range map[string]func() ([]byte, error){"xlsx": queue().Workbook, "csv": queue().CSV} {
		first, err := write()
		if err != nil {
			t.Fatal(err)
		}
		if second, err := write(); err != nil || !bytes.Equal(first, second) {
			t.Errorf("%s differs, %v", name, err)
		}
	}
}

func TestANameIsNoFormulaInCSV(t *testing.T) {
	q := queue()
	q.Rows[1][0] = "-13" // a number is left as it is
	content, err := q.CSV()
	if err != nil || !strings.HasPrefix(string(content), "\ufeffPerson id,NHS number,Decision,Family name\n") {
		t.Errorf("%.60q, %v", content, err)
	}
	if !strings.Contains(string(content), `"'=HYPERLINK`) || !strings.Contains(string(content), "\n-13,") {
		t.Errorf("%s", content)
	}
}

func TestReadTakesBothForms(t *testing.T) {
	q := queue()
	q.Rows[0][2], q.Rows[1][2] = "ACCEPT ", "reject"
	const want = "[{2 12 0990000018 accept} {3 13 9990000026 reject}]"
	for name, write := range map[string]func() ([]byte, error){"xlsx": q.Workbook, "csv": q.CSV} {
		content, err := write()
		if err != nil {
			t.Fatal(err)
		}
		decisions, faults, err := Read(bytes.NewReader(content))
		if got := fmt.Sprint(decisions); got != want || len(faults) > 0 || err != nil {
			t.Errorf("%s: got %s, %v, %v", name, got, faults, err)
		}
	}
	for _, text := range []string{
		"decision;nhs_number;other;person_id\naccept;0990000018;x;12\n;;;\nreject;999 000 0026;;13\n",
		"Decision\tNHS number\tx\tPerson ID\r\naccept\t0990000018\tx\t12\r\n\t\t\t\r\nReject\t9990000026\t\t13\r\n",
	} {
		decisions, faults, err := Read(strings.NewReader(text))
		if len(decisions) != 2 || decisions[1].Row != 4 || decisions[1].NHSNumber != "9990000026" || len(faults) > 0 || err != nil {
			t.Errorf("%.20q: got %v, %v, %v", text, decisions, faults, err)
		}
	}
}

func TestFaultsNameThePlaceAndNeverTheValue(t *testing.T) {
	const canary = "CANARY"
	for name, c := range map[string]struct{ text, want string }{
		"no header":       {"12,9990000018,accept\n", "[row 1, column person_id: missing column row 1, column nhs_number: missing column row 1, column decision: missing column]"},
		"twice named":     {"person_id,nhs_number,decision,Decision\n", "[row 1, column decision: column named twice]"},
		"no person":       {"person_id,nhs_number,decision\n" + canary + ",9990000018,accept\n", "[row 2, column person_id: not a whole number]"},
		"a digit lost":    {"person_id,nhs_number,decision\n12,990000018,accept\n", "[row 2, column nhs_number: not ten digits; keep the column as text]"},
		"scientific":      {"person_id,nhs_number,decision\n12,9.99E+09,accept\n", "[row 2, column nhs_number: not ten digits; keep the column as text]"},
		"another word":    {"person_id,nhs_number,decision\n12,9990000018," + canary + "\n", "[row 2, column decision: must be accept, reject or empty]"},
		"a row too short": {"person_id,nhs_number,decision\n12\n,,reject\n", "[row 3, column person_id: not a whole number]"},
	} {
		decisions, faults, err := Read(strings.NewReader(c.text))
		if got := fmt.Sprint(faults); got != c.want || len(decisions) > 0 || err != nil {
			t.Errorf("%s: got %s, %v", name, got, err)
		}
	}
	for name, text := range map[string]string{"empty": "", "blank": "\n,,\n", "torn": "a,\"" + canary + "\n", "no workbook": "PK\x03\x04" + canary} {
		if _, _, err := Read(strings.NewReader(text)); err == nil || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("person_id,nhs_number,decision\n12,9990000018,accept\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		decisions, _, _ := Read(bytes.NewReader(data))
		for _, d := range decisions {
			if len(d.NHSNumber) != 10 || d.Decision != Accept && d.Decision != Reject || d.Row < 2 {
				t.Errorf("took %+v", d)
			}
		}
	})
}

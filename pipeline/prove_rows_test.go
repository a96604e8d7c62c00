package pipeline

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"careshare/load/audit"
	"careshare/load/lake"
	"careshare/pipeline/exit"
	"careshare/pipeline/snapshot"
	"careshare/reports"

	"github.com/xuri/excelize/v2"
)

// TestAnAuditorChecksRows has the extract and its proof alone: no lake, no configuration.
func TestAnAuditorChecksRows(t *testing.T) {
	t.Parallel()
	w, folder := demo(t), t.TempDir()
	if code := w.run("report", snapshot.AuditName, "--config", w.config(), "--to", folder); code != exit.Done {
		t.Fatalf("report ended with %d: %s", code, w.stderr)
	}
	book, proof := filepath.Join(folder, "audit-extracts.xlsx"), filepath.Join(folder, snapshot.AuditProofName)
	auditor := world{}
	check := func(file string, good bool, words string) {
		t.Helper()
		code := auditor.run("verify", "--proof", proof, "--file", file)
		if (code == exit.Done) != good || !strings.Contains(auditor.stdout+auditor.stderr, words) {
			t.Errorf("%s ended with %d: %s%s", filepath.Base(file), code, auditor.stdout, auditor.stderr)
		}
	}
	check(book, true, "good: as published in snapshot")
	header, some := rowsOf(t, book, "disclosures")
	one := filepath.Join(folder, "one.csv")
	writeCSV(t, one, header, some[7])
	check(one, true, "of them in the file: 1")
	for name, spoil := range map[string]func(row []string){
		"another person": func(row []string) { row[0] += "1" },
		"a blank":        func(row []string) { row[2] += " " },
		"two exchanged":  func(row []string) { row[1], row[2] = row[2], row[1] },
		"less":           func(row []string) { row[len(row)-1] = "" },
	} {
		bad := slices.Clone(some[7])
		spoil(bad)
		file := filepath.Join(folder, "bad.csv")
		writeCSV(t, file, header, some[3], bad)
		t.Log(name)
		check(file, false, "line 3: this row was not published")
		if strings.Contains(auditor.stderr, some[7][0]) {
			t.Error("the message repeats the row")
		}
	}
	writeCSV(t, one, header, some[7], some[7])
	check(one, false, "appears twice")
	writeCSV(t, one, []string{"another", "header"}, []string{"1", "2"})
	check(one, false, "its columns are those of no dataset")
	tampered := filepath.Join(folder, "tampered.xlsx")
	tamper(t, book, tampered)
	check(tampered, false, "consent requests, line 9: this row was not published")
	withTamperedProof(t, &auditor, book, proof)
}

// withTamperedProof changes the proof instead.
func withTamperedProof(t *testing.T, auditor *world, book, proof string) {
	t.Helper()
	content, err := os.ReadFile(proof)
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(content); at += 1 + len(content)/150 { // a changed letter anywhere
		bad := bytes.Clone(content)
		bad[at] ^= 1
		if err := os.WriteFile(proof, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if code := auditor.run("verify", "--proof", proof, "--file", book); code == exit.Done && !isSpelling(bad, content) {
			t.Errorf("a proof with letter %d changed passes: …%s…", at, content[max(0, at-20):at+20])
		}
	}
	var forged lake.ExtractEvidence // a row added with its leaf
	if err := json.Unmarshal(content, &forged); err != nil {
		t.Fatal(err)
	}
	forged.Tables[0].Rows = append(forged.Tables[0].Rows, forged.Tables[1].Rows[0])
	bad, _ := json.Marshal(forged)
	if err := os.WriteFile(proof, bad, 0o600); err != nil {
		t.Fatal(err)
	}
	if code := auditor.run("verify", "--proof", proof); code == exit.Done {
		t.Error("a proof with another leaf passes")
	}
	if err := os.WriteFile(proof, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if code := auditor.run("verify", "--proof", proof, "--root", "AAAA"); code == exit.Done {
		t.Error("another root passes")
	}
	if code := auditor.run("verify", "--proof", proof, "--root", forged.Tables[0].Proof.Root.Hash.String()); code != exit.Done {
		t.Errorf("the root itself does not pass: %s", auditor.stderr)
	}
}

// isSpelling says whether two proofs are one, of which base64 knows several spellings.
func isSpelling(a, b []byte) bool {
	var proof lake.ExtractEvidence
	if err := json.Unmarshal(a, &proof); err != nil {
		return false
	}
	again, _ := json.Marshal(proof)
	return bytes.Equal(bytes.TrimSpace(again), bytes.TrimSpace(b))
}

// TestTheProofOfLater is for the root as it is now, and for a snapshot that a withholding made.
func TestTheProofOfLater(t *testing.T) {
	t.Parallel()
	w := published(t)
	// A person of whom direct care has some datasets only: the reports that are made again read the other ones, too.
	person := w.query(t, "select min(person_id) from "+w.trusted("direct-care", "people")+" anti join "+w.trusted("direct-care", "accessible_information")+" using (person_id)")[0][0]
	if code := w.run("withhold", person, "--reason", "asked to", "--config", w.config()); code != exit.Done {
		t.Fatalf("withhold ended with %d: %s", code, w.stderr)
	}
	if code := w.run("prove", snapshot.AuditName, "--config", w.config(), "--to", filepath.Join(w.folder, "now.json")); code != exit.Done {
		t.Fatalf("prove ended with %d: %s", code, w.stderr)
	}
	if code := w.run("status", "--config", w.config(), "--json"); code != exit.Done {
		t.Fatal(w.stderr)
	}
	var status struct {
		Audit audit.Root `json:"audit"`
	}
	if err := json.Unmarshal([]byte(w.stdout), &status); err != nil {
		t.Fatal(err)
	}
	if code := w.run("verify", "--proof", filepath.Join(w.folder, "now.json"), "--root", status.Audit.Hash.String()); code != exit.Done {
		t.Errorf("verify ended with %d: %s", code, w.stderr)
	}
}

func rowsOf(t *testing.T, book, sheet string) (header []string, rows [][]string) {
	t.Helper()
	err := reports.ReadWorkbook(book, func(of string, line int, cells []string) error {
		switch {
		case of != sheet:
		case header != nil:
			rows = append(rows, slices.Clone(cells))
		case len(cells) > 3:
			header = slices.Clone(cells)
		}
		return nil
	})
	if err != nil || len(rows) < 10 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	return header, rows
}

func writeCSV(t *testing.T, path string, rows ...[]string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := csv.NewWriter(file).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
}

// tamper changes one cell of a copy of the workbook.
func tamper(t *testing.T, from, to string) {
	t.Helper()
	file, err := excelize.OpenFile(from)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := file.SetCellStr("consent requests", "B9", "given"); err != nil {
		t.Fatal(err)
	}
	if err := file.SaveAs(to); err != nil {
		t.Fatal(err)
	}
}

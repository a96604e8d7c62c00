package borough

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// expected is the row that each answered person must have, by file date and person.
func expected(o Options) map[string]answered {
	want := map[string]answered{}
	dates := traceBatches(o.AsAt)
	for chunk := range o.chunks() {
		for _, l := range chunk {
			for _, a := range l.trace {
				want[reference(l.personID, dates[a.batch])] = a
			}
		}
	}
	return want
}

func TestTraceIsAsTheTruthSays(t *testing.T) {
	o := outside(t, 5000, 1)
	want := expected(o)
	truth := map[string]map[string]string{}
	for _, row := range readCSV(t, o.path("truth", "trace.csv")) {
		truth[row["file"]] = row
	}
	codes := map[string]int{}
	for _, path := range files(t, o.path("trace", "inbox")) {
		name := filepath.Base(path)
		rows, broken := readResponses(t, path)
		refused, unasked := 0, 0
		for _, row := range rows {
			person, date, _ := strings.Cut(row["UNIQUE REFERENCE"], "-")
			a, isAsked := want[row["UNIQUE REFERENCE"]]
			switch {
			case person != row["LOCAL_PATIENT_ID"]:
				refused++
			case !isAsked:
				unasked++
			default:
				delete(want, row["UNIQUE REFERENCE"])
				codes[a.code]++
				if row["ERROR/SUCCESS_CODE"] != a.code || row["MATCHED_NHS_NO"] != a.number {
					t.Errorf("%s: an answer is not the life's", name)
				}
			}
			if row["AS_AT_DATE"] != date {
				t.Errorf("%s: a row's date is not that of its reference", name)
			}
		}
		wantCount(t, name+" rows", len(rows)+broken, countIn(t, truth[name]["rows"]))
		wantCount(t, name+" refused", refused, countIn(t, truth[name]["refused"]))
		wantCount(t, name+" unasked", unasked, countIn(t, truth[name]["unasked"]))
		wantCount(t, name+" broken", broken, countIn(t, truth[name]["broken"]))
	}
	if len(want) > 0 {
		t.Errorf("%d answers are in no file", len(want))
	}
	for _, code := range []string{"00", "15", "90", "91", "92", "96", "97", "98"} {
		if codes[code] == 0 {
			t.Errorf("nobody is answered %s", code)
		}
	}
}

func TestTraceColumnsVary(t *testing.T) {
	o := outside(t, 5000, 1)
	headers := map[string]bool{}
	for _, path := range files(t, o.path("trace", "inbox")) {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		header, _, _ := strings.Cut(string(b), "\n")
		headers[header] = true
		columns := strings.Split(strings.TrimSpace(header), ",")
		for _, c := range traceColumns()[:requiredColumns] {
			if !slices.Contains(columns, c) {
				t.Errorf("%s has no column %s", filepath.Base(path), c)
			}
		}
	}
	if len(headers) < 2 {
		t.Error("all files have the same order of columns")
	}
}

func TestTraceFilesAreRolled(t *testing.T) {
	o := Options{People: 1, To: t.TempDir(), AsAt: DefaultAsAt()}
	w, err := writeTrace(o)
	if err != nil {
		t.Fatal(err)
	}
	l := &life{personID: 7, trace: slices.Repeat([]answered{{1, "98", ""}}, answersPerFile+1)}
	if err := w.add(l); err != nil {
		t.Fatal(err)
	}
	if err := w.close(); err != nil {
		t.Fatal(err)
	}
	wantCount(t, "files", len(files(t, o.path("trace", "inbox"))), 2)
}

// readResponses reads a file's whole rows by column name, and counts the others.
func readResponses(t *testing.T, path string) (rows []map[string]string, broken int) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, record := range all[1:] {
		if len(record) != len(all[0]) {
			broken++
			continue
		}
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = record[i]
		}
		rows = append(rows, row)
	}
	return rows, broken
}

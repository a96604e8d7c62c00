package fhir_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duckdb/duckdb-go/v2"

	"careshare/extract/fhir"
	"careshare/sql"
)

// suite is one file of the standard's tests: cases over the same resources.
type suite struct {
	Resources []json.RawMessage `json:"resources"`
	Tests     []suiteCase       `json:"tests"`
}

type suiteCase struct {
	Title         string           `json:"title"`
	View          json.RawMessage  `json:"view"`
	Expect        []map[string]any `json:"expect"`
	ExpectColumns []string         `json:"expectColumns"`
	ExpectCount   *int             `json:"expectCount"`
	ExpectError   bool             `json:"expectError"`
}

// TestConformance runs the standard's suite and our own cases for its newer rules.
func TestConformance(t *testing.T) {
	files, _ := filepath.Glob("testdata/sql-on-fhir/*.json")
	if folder := sharedData(t, "sql-on-fhir/tests"); folder != "" {
		theirs, _ := filepath.Glob(filepath.Join(folder, "*.json"))
		files = append(theirs, files...)
	}
	all := report{}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { all[filepath.Base(file)] = runSuite(t, file) })
	}
	if *reportFile != "" {
		if err := all.write(*reportFile); err != nil {
			t.Fatal(err)
		}
	}
}

// sharedData is a folder of the public test data, or "" where there is none. In CI there must be.
func sharedData(t testing.TB, name string) string {
	root := cmp.Or(os.Getenv("CARESHARE_DATA"), "../../../shared/data")
	folder := filepath.Join(root, name)
	if _, err := os.Stat(folder); err == nil {
		return folder
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("no %s: set CARESHARE_DATA to the folder of the public test data", folder)
	}
	t.Logf("SKIPPED: no %s; set CARESHARE_DATA to the folder of the public test data", folder)
	return ""
}

func runSuite(t *testing.T, file string) fileReport {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var s suite
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&s); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	writeBulk(t, folder, s.Resources)
	db := openEngine(t, folder)
	var r fileReport
	for _, c := range s.Tests {
		corrected(filepath.Base(file), &c)
		t.Run(c.Title, func(t *testing.T) {
			result := caseResult{Passed: true}
			if err := runCase(db, folder, c); err != nil {
				result = caseResult{Error: err.Error()}
				t.Error(err)
			}
			r.Tests = append(r.Tests, caseReport{Name: c.Title, Result: result})
		})
	}
	return r
}

// corrected gives a case of May 2026 what the standard has said since: join() of an empty collection is empty, not "".
func corrected(file string, c *suiteCase) {
	if file != "fhirpath.json" || !strings.HasPrefix(c.Title, "string join") {
		return
	}
	for _, row := range c.Expect {
		if row["given"] == "" {
			row["given"] = nil
		}
	}
}

// writeBulk writes resources as a bulk export has them: a file for each type.
func writeBulk(t testing.TB, folder string, resources []json.RawMessage) {
	t.Helper()
	files := map[string]*bytes.Buffer{}
	for _, resource := range resources {
		var head struct{ ResourceType string }
		if err := json.Unmarshal(resource, &head); err != nil {
			t.Fatal(err)
		}
		if files[head.ResourceType] == nil {
			files[head.ResourceType] = &bytes.Buffer{}
		}
		if err := json.Compact(files[head.ResourceType], resource); err != nil {
			t.Fatal(err)
		}
		files[head.ResourceType].WriteByte('\n')
	}
	for typ, lines := range files {
		if err := os.WriteFile(filepath.Join(folder, typ+".ndjson"), lines.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func openEngine(t testing.TB, allow ...string) *sql.DB {
	t.Helper()
	db, err := sql.Open(context.Background(), sql.Options{Memory: "600MB", Threads: 2, Spill: t.TempDir(), Allow: allow})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func runCase(db *sql.DB, folder string, c suiteCase) error {
	view, err := fhir.ParseView(c.View)
	var got [][]any
	if err == nil {
		got, err = query(db, view.SQL([]string{filepath.Join(folder, view.Resource+".ndjson")}))
	}
	switch {
	case c.ExpectError && err == nil:
		return fmt.Errorf("no error, and one was expected")
	case c.ExpectError:
		return nil
	case err != nil:
		return err
	case c.ExpectCount != nil && *c.ExpectCount != len(got):
		return fmt.Errorf("%d rows, want %d", len(got), *c.ExpectCount)
	case c.ExpectCount != nil:
		return nil
	}
	return sameRows(view.Columns(), got, c)
}

func query(db *sql.DB, statement string) ([][]any, error) {
	rows, err := db.Query(statement)
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, statement)
	}
	defer rows.Close()
	names, _ := rows.Columns()
	var all [][]any
	for rows.Next() {
		row, to := make([]any, len(names)), make([]any, len(names))
		for i := range row {
			to[i] = &row[i]
		}
		if err := rows.Scan(to...); err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

// sameRows compares as sets with repetition: the standard gives rows no order.
func sameRows(columns []fhir.Column, got [][]any, c suiteCase) error {
	names := make([]string, len(columns))
	for i, column := range columns {
		names[i] = column.Name
	}
	if c.ExpectColumns != nil && !slices.Equal(names, c.ExpectColumns) {
		return fmt.Errorf("columns %v, want %v", names, c.ExpectColumns)
	}
	var have, want []string
	for _, row := range got {
		have = append(have, canonicalRow(columns, func(i int) any { return row[i] }))
	}
	for _, row := range c.Expect {
		if len(row) > len(columns) {
			return fmt.Errorf("columns %v, want those of %v", names, row)
		}
		want = append(want, canonicalRow(columns, func(i int) any { return row[columns[i].Name] }))
	}
	slices.Sort(have)
	slices.Sort(want)
	if !slices.Equal(have, want) {
		return fmt.Errorf("rows\n  %s\nwant\n  %s", strings.Join(have, "\n  "), strings.Join(want, "\n  "))
	}
	return nil
}

func canonicalRow(columns []fhir.Column, value func(int) any) string {
	var b strings.Builder
	for i, column := range columns {
		fmt.Fprintf(&b, "%s=%s ", column.Name, canonical(column.Type, value(i)))
	}
	return b.String()
}

// canonical writes a value of the engine, or of the suite's JSON, in one form for its type.
func canonical(typ string, v any) string {
	if list, ok := v.([]any); ok {
		var parts []string
		for _, e := range list {
			parts = append(parts, canonical(strings.TrimSuffix(typ, "[]"), e))
		}
		return "[" + strings.Join(parts, ",") + "]"
	}
	switch v := v.(type) {
	case nil:
		return "null"
	case time.Time:
		if typ == "TIME" {
			return v.Format("15:04:05.000")
		}
		return v.UTC().Format(time.RFC3339Nano)
	case duckdb.Decimal:
		return number(v.String())
	case json.Number:
		return number(v.String())
	case int32, int64, float64:
		return number(fmt.Sprint(v))
	case string:
		return moment(typ, v)
	}
	return fmt.Sprint(v)
}

func number(text string) string {
	r, _ := new(big.Rat).SetString(text)
	return r.RatString()
}

// moment reads a FHIR date or date-time as the columns of these types do: by its first instant.
func moment(typ, text string) string {
	switch typ {
	case "TIME":
		return text
	case "DATE", "TIMESTAMPTZ":
	default:
		return fmt.Sprintf("%q", text)
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02", "2006-01", "2006"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC().Format(time.RFC3339Nano)
		}
	}
	return text
}

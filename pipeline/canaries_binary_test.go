package pipeline

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"careshare/extract"
	"careshare/extract/casestore"
	"careshare/sql"
)

// damages are the ways in which a disk, a network or a program leaves a binary file.
var damages = []func(whole []byte, r *rand.Rand) []byte{
	func(whole []byte, r *rand.Rand) []byte { return whole[:r.IntN(len(whole))] },
	func(whole []byte, r *rand.Rand) []byte { return whole[r.IntN(len(whole)):] },
	func(whole []byte, r *rand.Rand) []byte { // some bytes flipped
		for range 1 + r.IntN(40) {
			whole[r.IntN(len(whole))] ^= byte(1 + r.IntN(255))
		}
		return whole
	},
	func(whole []byte, r *rand.Rand) []byte { // a block of zeros
		at := r.IntN(len(whole))
		clear(whole[at:min(len(whole), at+512)])
		return whole
	},
	func(whole []byte, r *rand.Rand) []byte { // near its end, where Parquet and zip keep what is where
		tail := whole[max(0, len(whole)-200):]
		tail[r.IntN(len(tail))] ^= byte(1 + r.IntN(255))
		return whole
	},
	func(whole []byte, r *rand.Rand) []byte { // a length that is too large
		if at := r.IntN(len(whole)); at+4 < len(whole) {
			binary.LittleEndian.PutUint32(whole[at:], 1<<30)
		}
		return whole
	},
	func(whole []byte, r *rand.Rand) []byte { // text in the place of bytes
		copy(whole[r.IntN(len(whole)):], canaryName+canaryNumber)
		return whole
	},
	func(whole []byte, _ *rand.Rand) []byte { return append(whole, canaryName...) },
	func([]byte, *rand.Rand) []byte { return []byte(canaryName + " " + canaryNumber) },
	func(whole []byte, _ *rand.Rand) []byte { return whole },
}

// TestNoValueOfAPersonIsSaidOfADamagedBinary damages Parquet, DuckDB, workbooks and gzip that hold canaries.
func TestNoValueOfAPersonIsSaidOfADamagedBinary(t *testing.T) {
	t.Parallel()
	w := prepared(t)
	in := func(name string) string { return filepath.Join(w.folder, name) }
	stores := func(kind, location string) func(*testing.T, *world) string {
		calls := 0
		return tables(func(w *world, to string, q *extract.Quarantine) ([]extract.Table, error) {
			o := casestore.Options{Kind: kind, Location: location, To: to, Quarantine: q, Spill: to, Connections: 1, Threads: 1, Memory: "200MB", Wait: time.Millisecond}
			if calls++; calls%4 != 0 { // reading takes long
				return nil, casestore.Check(w.context(), o)
			}
			return casestore.Read(w.context(), o)
		})
	}
	canaryStores(t, w)
	workbook := excelize.NewFile()
	for cell, value := range map[string]any{"A1": "person_id", "B1": "nhs_number", "C1": "decision", "D1": canaryName, "A2": canaryName, "B2": canaryNumber, "C2": canaryName} {
		if err := workbook.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := workbook.SaveAs(in("review.xlsx")); err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	_, _ = writer.Write([]byte(withNames(string(mustRead(t, in("patient.ndjson"))))))
	_ = writer.Close()
	mustWrite(t, in("patient.ndjson.gz"), packed.Bytes())
	published, err := filepath.Glob(filepath.Join(w.current(), "trusted/direct-care/people/*/*/*/*/part-0.parquet"))
	if err != nil || len(published) != 1 {
		t.Fatal(published, err)
	}
	inputs := 0
	for _, f := range []struct {
		file  string
		times int
		read  func(*testing.T, *world) string
	}{
		{in("parquet/dm_persons.parquet"), 24, stores("parquet", in("parquet"))},
		{in("store.duckdb"), 24, stores("duckdb", in("store.duckdb"))},
		{in("review.xlsx"), 20, by("review import W/review.xlsx --by Auditor")},
		{in("patient.ndjson.gz"), 20, by("flatten --view patient --in W/patient.ndjson.gz --out W/out/gz.csv")},
		{published[0], 10, by("verify --read-data", "explain 1", "withhold 1 --reason canary")},
	} {
		whole := mustRead(t, f.file)
		if err := os.Chmod(f.file, 0o600); err != nil {
			t.Fatal(err)
		}
		began, outcomes := time.Now(), map[string]bool{}
		for i := range f.times {
			r := rand.New(rand.NewPCG(16, uint64(i)))
			mustWrite(t, f.file, damages[i%len(damages)](bytes.Clone(whole), r))
			inputs++
			said := f.read(t, &w)
			outcomes[strings.Join(strings.Fields(said), " ")[:min(60, len(strings.Join(strings.Fields(said), " ")))]] = true
			if at := canaries.FindStringIndex(said); at != nil {
				t.Errorf("%s, damage %d: said %.300q", filepath.Base(f.file), i, said[max(0, at[0]-150):min(len(said), at[1]+50)])
			}
		}
		t.Logf("%s: %v", filepath.Base(f.file), time.Since(began).Round(time.Millisecond))
		mustWrite(t, f.file, whole)
		if len(outcomes) < 2 {
			t.Errorf("%s: every damage gives one outcome: nothing was read", f.file)
		}
	}
	if inputs < 90 {
		t.Errorf("only %d inputs", inputs)
	}
}

// canaryStores makes a case store in Parquet and one in DuckDB: canaries where words are, where numbers and dates belong,
// and, in Parquet, as the name of a column.
func canaryStores(t *testing.T, w world) {
	t.Helper()
	db, err := sql.Open(t.Context(), sql.Options{Memory: "200MB", Threads: 1, Spill: t.TempDir(), Allow: []string{w.folder}})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := os.MkdirAll(filepath.Join(w.folder, "parquet"), 0o700); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(w.folder, "sources/case_store/*.csv"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	database := filepath.Join(w.folder, "store.duckdb")
	statements := []string{fmt.Sprintf("attach '%s' as store", database)}
	for _, file := range files {
		table := strings.TrimSuffix(filepath.Base(file), ".csv")
		rows := fmt.Sprintf("from read_csv('%s', all_varchar = true)", file)
		if table == "dm_persons" {
			rows = fmt.Sprintf(`select * replace (case when random() < 0.3 then '%[1]s' else date_of_birth end as date_of_birth,
				case when random() < 0.3 then '%[1]s Smith' else full_name end as full_name), '%[2]s' as "%[1]s" %[3]s`, canaryName, canaryNumber, rows)
		}
		inDatabase := rows // whose columns somebody has named, other than a file's
		if table == "dm_persons" {
			inDatabase = fmt.Sprintf(`select * exclude ("%s") from (%s)`, canaryName, rows)
		}
		statements = append(statements, fmt.Sprintf("create table store.%s as %s", table, inDatabase),
			fmt.Sprintf("copy (%s) to '%s' (format parquet, compression 'uncompressed')", rows, filepath.Join(w.folder, "parquet", table+".parquet")))
	}
	for _, statement := range append(statements, "detach store") {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

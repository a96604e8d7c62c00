package pipeline

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"careshare/extract"
	"careshare/extract/casestore"
	"careshare/pipeline/config"
	"careshare/pipeline/exit"
	"careshare/pipeline/flow"
)

// dialect is one way in which a council's systems may write the same case store.
type dialect struct {
	yes, no, noDate, openEnd, everyone string
	layout, encoding, lineEnd, file    string
	separator                          rune
	isInclusive                        bool
	isParquet                          bool
}

func oneOf[T any](r *rand.Rand, choices ...T) T { return choices[r.IntN(len(choices))] }

func randomDialect(seed uint64) dialect {
	r := rand.New(rand.NewPCG(seed, 18))
	words := oneOf(r, [2]string{"t", "f"}, [2]string{"True", "False"}, [2]string{"1", "0"}, [2]string{"Yes", "No"}, [2]string{"on", "off"}, [2]string{"Ja", "Nein"})
	d := dialect{
		yes: words[0], no: words[1],
		noDate: oneOf(r, "", "1900-01-01", "1850-06-15"), openEnd: oneOf(r, "", "9999-12-31", "4712-12-31"), everyone: oneOf(r, "", "0", "-1"),
		layout:   oneOf(r, time.DateOnly, "02/01/2006", "02-Jan-2006"),
		encoding: oneOf(r, "utf-8", "utf-8 with a mark", "utf-16", "windows-1252"), lineEnd: oneOf(r, "\n", "\r\n", "\r"),
		file: oneOf(r, "%s.csv", "dbo.%s.csv", "%s_20261101.txt"), separator: oneOf(r, ',', ';', '\t', '|'), isInclusive: oneOf(r, true, false),
	}
	if d.isParquet = seed%3 == 1; d.isParquet {
		d.file = []string{"dbo.%s.parquet", "%s/" + partition, "mosaic_%s/" + partition}[seed/3%3]
	}
	return d
}

// partition is where Hackney's data platform keeps a load.
const partition = "import_year=2026/import_month=11/import_day=01/import_date=20261101/part-00000.snappy.parquet"

// inclusiveTables are those whose rows follow each other, as the council's extract of the 903 reads them.
var inclusiveTables = []string{"dm_placements", "dm_legal_statuses", "dm_cla_summaries"}

// rewrite writes every table of a folder anew in a dialect.
func (d dialect) rewrite(t *testing.T, folder string) {
	t.Helper()
	means := contractMeanings(t)
	files, err := filepath.Glob(filepath.Join(folder, "*.csv"))
	if err != nil || len(files) < 30 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, path := range files {
		table := strings.TrimSuffix(filepath.Base(path), ".csv")
		reader := csv.NewReader(bytes.NewReader(mustRead(t, path)))
		reader.FieldsPerRecord = -1
		lines, err := reader.ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", table, err)
		}
		for _, line := range lines[1:] {
			for i := range min(len(line), len(lines[0])) {
				line[i] = d.value(means[table+"."+lines[0][i]], table, line[i])
			}
		}
		d.write(t, path, filepath.Join(folder, fmt.Sprintf(d.file, table)), lines)
	}
}

func (d dialect) value(means, table, text string) string {
	switch {
	case means == "flag" && text == "Y":
		return d.yes
	case means == "flag" && text == "N":
		return d.no
	case means == "everyone" && text == "":
		return d.everyone
	case means == "death" && text == "" && d.noDate != "":
		return d.day(d.noDate, 0)
	case strings.HasPrefix(means, "end of ") && text == "" && d.openEnd != "":
		return d.day(d.openEnd, 0)
	case strings.HasPrefix(means, "end of ") && !d.isInclusive && slices.Contains(inclusiveTables, table):
		return d.day(text, 1)
	case strings.HasPrefix(means, "end of "), slices.Contains([]string{"start", "birth", "death", "date", "past date"}, means):
		return d.day(text, 0)
	}
	return text
}

// day writes a moment in the dialect's form; what is none stays.
func (d dialect) day(text string, days int) string {
	for _, layout := range []string{time.DateOnly, "2006-01-02 15:04:05"} {
		if at, err := time.Parse(layout, text); err == nil {
			at = at.AddDate(0, 0, days)
			if at.Equal(at.Truncate(24 * time.Hour)) {
				return at.Format(d.layout)
			}
			return at.Format(d.layout + " 15:04:05")
		}
	}
	return text
}

func (d dialect) write(t *testing.T, was, path string, lines [][]string) {
	t.Helper()
	if d.isParquet {
		writeParquet(t, path, lines)
		mustRemove(t, was)
		return
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma = d.separator
	if err := w.WriteAll(lines); err != nil {
		t.Fatal(err)
	}
	text := b.Bytes()
	if !bytes.Contains(text, []byte("\r")) && !slices.ContainsFunc(slices.Concat(lines...), func(cell string) bool { return strings.Contains(cell, "\n") }) {
		text = bytes.ReplaceAll(text, []byte("\n"), []byte(d.lineEnd))
	}
	var err error
	switch d.encoding {
	case "utf-8 with a mark":
		text = append([]byte("\ufeff"), text...)
	case "utf-16":
		text, err = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes(text)
	case "windows-1252":
		if encoded, notIn := charmap.Windows1252.NewEncoder().Bytes(text); notIn == nil {
			text = encoded
		} else { // a name that the encoding does not have
			text, err = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes(text)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	mustRemove(t, was)
	mustWrite(t, path, text)
}

func mustRemove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

// writeParquet writes lines as columns of text. Lines of another width than the header's are torn, and Parquet has none.
func writeParquet(t *testing.T, path string, lines [][]string) {
	t.Helper()
	var fields []arrow.Field
	for _, name := range lines[0] {
		fields = append(fields, arrow.Field{Name: name, Type: arrow.BinaryTypes.String})
	}
	schema := arrow.NewSchema(fields, nil)
	file, err := extract.CreateParquet(path, schema)
	if err != nil {
		t.Fatal(err)
	}
	columns := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	for _, line := range lines[1:] {
		for i := range lines[0] {
			if len(line) == len(lines[0]) {
				columns.Field(i).(*array.StringBuilder).Append(line[i])
			}
		}
	}
	if err := file.Write(columns.NewRecordBatch()); err != nil {
		t.Fatal(err)
	}
	if _, err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

// contractMeanings are what the columns of the contract mean, by table.column.
func contractMeanings(t *testing.T) map[string]string {
	t.Helper()
	lines, err := csv.NewReader(bytes.NewReader(mustRead(t, "../extract/casestore/contract.csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	means := map[string]string{}
	for _, line := range lines[1:] {
		means[line[0]+"."+line[1]] = line[5]
	}
	return means
}

// landed pulls a world's case store by its configuration: every decision is made from these files and no others.
func (w world) landed(t *testing.T) map[string]string {
	t.Helper()
	c, err := config.Read(w.config())
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	options, err := c.CaseStoreOptions(filepath.Join(folder, "spill"))
	if err != nil {
		t.Fatal(err)
	}
	if options.Quarantine, err = extract.OpenQuarantine(filepath.Join(folder, "quarantine.parquet"), true); err != nil {
		t.Fatal(err)
	}
	options.To = filepath.Join(folder, "raw")
	tables, err := casestore.Read(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := options.Quarantine.Close(); err != nil {
		t.Fatal(err)
	}
	bytes := map[string]string{}
	for _, table := range tables {
		bytes[table.Name] = string(mustRead(t, table.Path))
	}
	return bytes
}

// Ten councils write one borough in ten ways. With the settings that profile proposes every table that decisions are made from is
// the plain borough's, byte for byte; without them the plan stops, or shares with nobody new.
func TestTenDialectsOfOneBorough(t *testing.T) {
	t.Parallel()
	plain := small(t)
	want := plain.landed(t)
	for seed := range uint64(10) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			d := randomDialect(seed)
			w := small(t)
			d.rewrite(t, filepath.Join(w.folder, "sources", "case_store"))
			if d.isParquet {
				mustWrite(t, w.config(), bytes.Replace(mustRead(t, w.config()), []byte("kind: csv "), []byte("kind: parquet "), 1))
			}
			w.sharesNobodyNew(t, d)
			w.mustRun(t, exit.Done, "profile", "--config", w.config())
			_, proposed, _ := strings.Cut(w.stdout, "# proposed for careshare.yaml; read each line before you take it\n")
			mustWrite(t, w.config(), append(mustRead(t, w.config()), "\n"+proposed...))
			got := w.landed(t)
			t.Logf("%+v", d)
			for table := range want {
				if got[table] != want[table] {
					t.Errorf("%s is another: %s", table, firstDifference(want[table], got[table]))
				}
			}
		})
	}
}

// firstDifference shows how two files differ in size: their rows are people's.
func firstDifference(want, got string) string {
	return fmt.Sprintf("%d bytes, want %d", len(got), len(want))
}

// sharesNobodyNew plans without settings: the plan fails, or nobody is shared who was not.
func (w *world) sharesNobodyNew(t *testing.T, d dialect) {
	t.Helper()
	if w.run("plan", "--config", w.config(), "--against", "current", "--as-at", asAt, "--json") != exit.Done {
		return
	}
	var s flow.Summary
	if err := json.Unmarshal([]byte(w.stdout), &s); err != nil {
		t.Fatal(err)
	}
	for _, change := range s.Changes {
		if change.Now == "shared" {
			t.Errorf("%+v: person %d is newly shared in %s", d, change.PersonID, change.Dataset)
		}
	}
}

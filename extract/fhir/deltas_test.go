package fhir_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// A full export, or a first one and what changed since: the rows are the same, and sorted, as datasets are published, the bytes are too.
func TestDeltasGiveWhatAFullReloadGives(t *testing.T) {
	version := func(id, at, code string) string {
		return fmt.Sprintf(`{"resourceType":"Condition","id":%q,"meta":{"lastUpdated":%q},"code":{"text":%q}}`+"\n", id, at, code)
	}
	export := func(folder, transaction, lines, gone string) {
		write(t, folder, "c.ndjson", lines)
		manifest := fmt.Sprintf(`{"transactionTime":%q,"output":[{"type":"Condition","url":"c.ndjson"}],"deleted":[]}`, transaction)
		if gone != "" {
			write(t, folder, "gone.ndjson", gone)
			manifest = fmt.Sprintf(`{"transactionTime":%q,"output":[{"type":"Condition","url":"c.ndjson"}],"deleted":[{"type":"Bundle","url":"gone.ndjson"}]}`, transaction)
		}
		write(t, folder, "manifest.json", manifest)
	}
	deletes := func(id string) string {
		return fmt.Sprintf(`{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"DELETE","url":"Condition/%s"}}]}`+"\n", id)
	}
	sum, full := filepath.Join(t.TempDir(), "exchange [live]"), t.TempDir() // a name that would be a pattern
	for _, day := range []string{"1", "2", "3", "4.partial"} {
		if err := os.MkdirAll(filepath.Join(sum, day), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	export(filepath.Join(sum, "1"), "2026-01-01T12:00:00Z", version("a", "2026-01-01T00:00:00Z", "first")+version("b", "2026-01-01T00:00:00Z", "stays")+version("c", "2026-01-01T00:00:00Z", "goes")+version("d", "2026-01-01T00:00:00Z", "goes and comes"), "")
	export(filepath.Join(sum, "2"), "2026-01-02T12:00:00Z", version("e", "2026-01-02T00:00:00Z", "new"), deletes("c")+deletes("d"))
	export(filepath.Join(sum, "3"), "2026-01-03T12:00:00Z", version("a", "2026-01-03T00:00:00Z", "newest")+version("d", "2026-01-03T00:00:00Z", "came again"), "")
	export(filepath.Join(sum, "4.partial"), "2026-01-04T12:00:00Z", version("f", "2026-01-04T00:00:00Z", "half"), "")
	export(full, "2026-01-03T12:00:00Z", version("b", "2026-01-01T00:00:00Z", "stays")+version("e", "2026-01-02T00:00:00Z", "new")+version("a", "2026-01-03T00:00:00Z", "newest")+version("d", "2026-01-03T00:00:00Z", "came again"), "")
	var bytesOf [2][]byte
	for i, folder := range []string{sum, full} {
		tables, db, to, err := readFolder(t, folder, viewNamed(t, "condition"))
		if err != nil {
			t.Fatal(err)
		}
		table := tables["condition"]
		if table.RowsOut != 4 || table.RowsIn != table.RowsOut+table.Merged {
			t.Errorf("%+v", table)
		}
		sorted := filepath.Join(to, "sorted.parquet")
		if _, err := db.Exec(fmt.Sprintf("copy (from '%s' order by id) to '%s' (format parquet)", table.Path, sorted)); err != nil {
			t.Fatal(err)
		}
		if bytesOf[i], err = os.ReadFile(sorted); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(bytesOf[0], bytesOf[1]) {
		t.Error("the sum of the deltas is not the full reload")
	}
}

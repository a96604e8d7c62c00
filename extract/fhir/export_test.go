package fhir_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNewestWinsAndDeletedGo(t *testing.T) {
	version := func(id, at, code string) string {
		return fmt.Sprintf(`{"resourceType":"Condition","id":%q,"meta":{"lastUpdated":%s},"code":{"text":%q}}`+"\n", id, at, code)
	}
	folder := t.TempDir()
	write(t, folder, "a.ndjson", version("1", `"2026-01-02T00:00:00Z"`, "new")+version("2", `"2026-01-01T00:00:00Z"`, "old")+version("3", `"2026-01-01T00:00:00Z"`, "first")+version("4", "null", "none")+version("5", `"2026-01-01T00:00:00Z"`, "gone"))
	write(t, folder, "b.ndjson.gz", version("1", `"2026-01-01T23:00:00-02:00"`, "newest, by its offset")+version("2", `"2026-01-03T00:00:00Z"`, "new")+version("3", `"2026-01-01T00:00:00Z"`, "last of equals")+version("4", `"2020-01-01T00:00:00Z"`, "some")+version("6", `"2026-01-01T00:00:00Z"`, "once"))
	write(t, folder, "gone.ndjson", `{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"DELETE","url":"Condition/5"}},{"request":{"method":"DELETE","url":"Patient/6"}},{"request":{"method":"DELETE","url":"Condition/never"}}]}`+"\n")
	write(t, folder, "unlisted.ndjson", "not read")
	write(t, folder, "manifest.json", `{"output":[{"type":"Condition","url":"https://example.org/out/a.ndjson?sig=x","count":5},{"type":"Condition","url":"b.ndjson.gz","count":5}],"deleted":[{"type":"Bundle","url":"gone.ndjson","count":1}],"error":[]}`)
	tables, db, _, err := readFolder(t, folder, viewNamed(t, "condition"))
	if err != nil {
		t.Fatal(err)
	}
	table := tables["condition"]
	if table.RowsIn != 10 || table.RowsOut != 5 || table.Merged != 5 || table.Quarantined != 0 {
		t.Errorf("%+v", table)
	}
	rows, err := query(db, "select id, code_text from '"+table.Path+"'")
	if want := "[[1 newest, by its offset] [2 new] [3 last of equals] [4 some] [6 once]]"; err != nil || fmt.Sprint(rows) != want {
		t.Errorf("%v, %v; want %s", rows, err, want)
	}
}

func TestReadRefuses(t *testing.T) {
	one := condition("1", "") + "\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"a listed file that is missing":  {map[string]string{"manifest.json": `{"output":[{"type":"Condition","url":"x/lost.ndjson"}]}`}, "which is not in the folder"},
		"a way out of the folder":        {map[string]string{"manifest.json": `{"output":[{"type":"Condition","url":"../../etc/passwd"}]}`}, "which is not in the folder"},
		"a manifest that is no JSON":     {map[string]string{"manifest.json": `{"output":`}, "manifest.json"},
		"fewer lines than are counted":   {map[string]string{"Condition.1.ndjson": one, "Condition.2.ndjson": one + one, "manifest.json": `{"output":[{"type":"Condition","url":"Condition.1.ndjson","count":1},{"type":"Condition","url":"Condition.2.ndjson","count":3}]}`}, "Condition.2.ndjson holds 3 resources, and it has 2 lines"},
		"more lines than are counted":    {map[string]string{"Condition.1.ndjson": one + one, "manifest.json": `{"output":[{"type":"Condition","url":"Condition.1.ndjson","count":1}]}`}, "Condition.1.ndjson holds 1 resources, and it has 2 lines"},
		"fewer, with a broken line":      {map[string]string{"Condition.1.ndjson": one + "{", "manifest.json": `{"output":[{"type":"Condition","url":"Condition.1.ndjson","count":3}]}`}, "Condition.1.ndjson holds 3 resources, and it has 2 lines"},
		"a deletion that cannot be read": {map[string]string{"Condition.1.ndjson": one, "Bundle.1.ndjson": `{"resourceType":"Bundle","type":"batch"}`, "manifest.json": `{"output":[],"deleted":[{"type":"Bundle","url":"Bundle.1.ndjson"}]}`}, "Bundle.1.ndjson: line 1: not a Bundle of type transaction"},
		"a deleted entry of no resource": {map[string]string{"Bundle.1.ndjson": `{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"PUT","url":"Condition/1"}}]}`, "manifest.json": `{"deleted":[{"url":"Bundle.1.ndjson"}]}`}, "Bundle.1.ndjson: line 1: an entry that is not DELETE Type/id"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			for name, content := range c.files {
				write(t, folder, name, content)
			}
			_, _, to, err := readFolder(t, folder, viewNamed(t, "condition"))
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "hospital") {
				t.Errorf("error %v, want %q", err, c.want)
			}
			if left, _ := filepath.Glob(filepath.Join(to, "*condition*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestTruncatedGzipIsRefused(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "Condition.ndjson.gz", strings.Repeat(condition("1", "")+"\n", 5000))
	path := filepath.Join(folder, "Condition.ndjson.gz")
	data, _ := os.ReadFile(path)
	for _, cut := range []int{1, 8, 20, len(data) / 2, len(data) - 4, len(data)} {
		if err := os.WriteFile(path, data[:len(data)-cut], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, _, err := readFolder(t, folder, viewNamed(t, "condition")); err == nil || !strings.Contains(err.Error(), "Condition.ndjson.gz") {
			t.Errorf("%d bytes cut off: error %v", cut, err)
		}
	}
}

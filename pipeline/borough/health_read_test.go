package borough

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
)

// sent is one sender's export as a reader that is none of ours finds it.
type sent struct {
	lines   map[string]int            // by type of file
	broken  map[string]string         // file:line -> why
	newest  map[string]map[string]any // by type/id
	repeats int
	deleted map[string]bool // type/id
}

func readExport(t *testing.T, folder string) sent {
	t.Helper()
	s := sent{lines: map[string]int{}, broken: map[string]string{}, newest: map[string]map[string]any{}, deleted: map[string]bool{}}
	var m bulkManifest
	readJSON(t, filepath.Join(folder, "manifest.json"), &m)
	for _, out := range m.Output {
		if n := s.readFile(t, folder, out.Type, out.URL); n != out.Count {
			t.Errorf("%s: manifest says %d lines, the file has %d", out.URL, out.Count, n)
		}
	}
	for _, out := range m.Deleted {
		eachLine(t, filepath.Join(folder, out.URL), func(_ int64, b []byte) {
			var bundle struct {
				Entry []struct{ Request struct{ Method, URL string } }
			}
			if err := json.Unmarshal(b, &bundle); err != nil {
				t.Fatal(err)
			}
			for _, e := range bundle.Entry {
				s.deleted[e.Request.URL] = true
			}
		})
	}
	return s
}

// readFile takes a file's lines as a careful reader does: whole JSON, of the file's type, with an instant.
func (s *sent) readFile(t *testing.T, folder, kind, name string) (lines int64) {
	eachLine(t, filepath.Join(folder, name), func(n int64, b []byte) {
		lines = n
		s.lines[kind]++
		place := name + ":" + strconv.FormatInt(n, 10)
		var r map[string]any
		if json.Unmarshal(b, &r) != nil {
			s.broken[place] = "not JSON"
			return
		}
		at, ok := updated(r)
		if r["resourceType"] != kind || !ok {
			s.broken[place] = "not a resource of the type"
			return
		}
		key := kind + "/" + r["id"].(string)
		old := s.newest[key]
		if old != nil {
			s.repeats++
			if before, _ := updated(old); !at.After(before) {
				return
			}
		}
		s.newest[key] = r
	})
	return lines
}

func updated(r map[string]any) (time.Time, bool) {
	meta, _ := r["meta"].(map[string]any)
	text, _ := meta["lastUpdated"].(string)
	at, err := time.Parse(time.RFC3339, text)
	return at, err == nil
}

// patientOf is the id that a resource's patient reference names; of a Patient its own.
func patientOf(r map[string]any) string {
	for _, key := range []string{"subject", "patient"} {
		if ref, ok := r[key].(map[string]any); ok {
			return strings.TrimPrefix(ref["reference"].(string), "Patient/")
		}
	}
	if list, ok := r["participant"].([]any); ok {
		return patientOf(map[string]any{"subject": list[0].(map[string]any)["actor"]})
	}
	return r["id"].(string)
}

func codeOf(concept any) string {
	c, _ := concept.(map[string]any)
	if c == nil {
		return ""
	}
	return c["coding"].([]any)[0].(map[string]any)["code"].(string)
}

func nhsNumberOf(r map[string]any) string {
	for _, id := range r["identifier"].([]any) {
		if m := id.(map[string]any); m["system"] == systemNHSNumber {
			return m["value"].(string)
		}
	}
	return ""
}

func eachLine(t *testing.T, path string, do func(n int64, b []byte)) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	gz, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	if gz.ModTime.Unix() > 0 {
		t.Errorf("%s holds the time of its making", filepath.Base(path))
	}
	lines := bufio.NewScanner(gz)
	lines.Buffer(nil, 1<<20)
	for n := int64(1); lines.Scan(); n++ {
		do(n, lines.Bytes())
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

func readJSON(t *testing.T, path string, to any) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, to)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// readCSV reads a file's rows by column name.
func readCSV(t *testing.T, path string) (rows []map[string]string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, record := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = record[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func countIn(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func wantCount(t *testing.T, what string, got, want int) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %d, the truth says %d", what, got, want)
	}
}

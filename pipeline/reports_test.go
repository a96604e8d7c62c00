package pipeline

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/exit"
	"careshare/pipeline/reporting"
	"careshare/pipeline/snapshot"
)

// TestAReportIsMadeAgain makes each report of an old snapshot again, after a newer one was published.
func TestAReportIsMadeAgain(t *testing.T) {
	t.Parallel()
	w := published(t)
	old, err := filepath.EvalSymlinks(w.current())
	if err != nil {
		t.Fatal(err)
	}
	if code := w.run("run", "--config", w.config(), "--as-at", "2026-11-02T07:00:00Z"); code != exit.Quarantined {
		t.Fatalf("run ended with %d: %s", code, w.stderr)
	}
	for _, r := range reporting.EveryReport() {
		for name, flags := range map[string][]string{
			"by id":     {"--snapshot", filepath.Base(old)},
			"by moment": {"--as-at", "2026-11-01T20:00:00Z"},
		} {
			to := t.TempDir()
			args := append([]string{"report", r.Name, "--config", w.config(), "--to", to}, flags...)
			if code := w.run(args...); code != exit.Done {
				t.Fatalf("report ended with %d: %s", code, w.stderr)
			}
			files, err := os.ReadDir(filepath.Join(old, "reports", r.Name))
			if err != nil || len(files) == 0 {
				t.Fatalf("%s: the run made no files: %v", r.Name, err)
			}
			for _, file := range files {
				if file.Name() == "catalog.duckdb" || file.Name() == reporting.IndexName {
					continue // no reports: they lie where their readers may look, and DuckDB marks each database that it makes
				}
				first, _ := os.ReadFile(filepath.Join(old, "reports", r.Name, file.Name()))
				second, err := os.ReadFile(filepath.Join(to, file.Name()))
				if err != nil || !bytes.Equal(first, second) {
					t.Errorf("%s %s: %s differs (%v)", r.Name, name, file.Name(), err)
				}
			}
			if code := w.run(args...); code == exit.Done {
				t.Errorf("%s was written over", r.Name)
			}
		}
	}
}

// Each audience has a front page that leads to its own files and datasets, and to nothing of another audience.
func TestEachAudienceHasAFrontPage(t *testing.T) {
	t.Parallel()
	w := demo(t)
	folders := map[string]string{"managers-pack": "bi", "bi": "bi", "audit-extracts": "audit", "cpis": "cpis", "direct-care": "direct-care", "returns": "returns"}
	for folder, audience := range folders {
		path := filepath.Join(w.current(), "reports", folder, reporting.IndexName)
		page, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
			continue
		}
		links := regexp.MustCompile(`href="([^"#]+)"`).FindAllStringSubmatch(string(page), -1)
		if len(links) < 3 {
			t.Errorf("%s leads to %d places", folder, len(links))
		}
		for _, link := range links {
			target := filepath.Join(filepath.Dir(path), filepath.FromSlash(link[1]))
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s leads nowhere: %v", folder, err)
			}
			inside, _ := filepath.Rel(w.current(), target)
			if !strings.HasPrefix(inside, filepath.Join("reports", folder)) && !strings.HasPrefix(inside, filepath.Join("trusted", audience)+string(filepath.Separator)) {
				t.Errorf("%s leads to another audience's %s", folder, inside)
			}
		}
		if folder == "cpis" && !regexp.MustCompile(`href="custodian-\d+\.xlsx">CP-IS follow-ups of [^<]+ \(worker \d+\) \(workbook\)<`).Match(page) {
			t.Error("a custodian's list goes by its file's name")
		}
		for _, want := range []string{"What needs attention", "Demo Council", "Datasets", "How old each source is"} {
			if !strings.Contains(string(page), want) {
				t.Errorf("%s lacks %s", folder, want)
			}
		}
	}
}

// TestTheSecondPackKnowsTheFirst has the pack show what the previous one showed.
func TestTheSecondPackKnowsTheFirst(t *testing.T) {
	t.Parallel()
	w := published(t)
	if code := w.run("run", "--config", w.config(), "--as-at", "2026-11-08T07:00:00Z"); code != exit.Quarantined {
		t.Fatalf("run ended with %d: %s", code, w.stderr)
	}
	w.atLeast(t, 50, "select count(*) from "+w.trusted("bi", "figures")+" where _previous_status = 'shown'")
	w.atLeast(t, 5, "select count(*) from "+w.trusted("bi", "figures")+" where _previous_status = 'suppressed'")
}

func TestAProofVerifiesAndATamperedOneDoesNot(t *testing.T) {
	t.Parallel()
	w := demo(t)
	folder := t.TempDir()
	proof := filepath.Join(folder, "proof.json")
	if code := w.run("prove", "consent_refusals", "--config", w.config(), "--to", proof); code != exit.Done {
		t.Fatalf("prove ended with %d: %s", code, w.stderr)
	}
	files, _ := filepath.Glob(filepath.Join(w.current(), "trusted", "audit", "consent_refusals", "*", "*", "*", "*", "part-0.parquet"))
	others, _ := filepath.Glob(filepath.Join(w.current(), "trusted", "audit", "decisions", "*", "*", "*", "*", "part-0.parquet"))
	if code := w.run("verify", "--proof", proof, "--file", files[0]); code != exit.Done {
		t.Errorf("a good proof ends with %d: %s", code, w.stderr)
	}
	if code := w.run("verify", "--proof", proof, "--file", others[0]); code == exit.Done {
		t.Error("another file passes")
	}
	if code := w.run("verify", "--proof", proof, "--root", "AAAA"); code == exit.Done {
		t.Error("another root passes")
	}
	good, err := os.ReadFile(proof)
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(good); at += 97 { // a flipped letter anywhere
		bad := bytes.Clone(good)
		if bad[at] == ' ' || bad[at] == '\n' {
			continue
		}
		bad[at] ^= 1
		if bytes.HasPrefix(bad[:at+1], []byte(`{`)) && bytes.Contains(good[:at], []byte(`"outputs"`)) == false && bytes.Contains(good[:at], []byte(`"path"`)) == false {
			continue // the dataset's own name proves nothing
		}
		if err := os.WriteFile(proof, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if code := w.run("verify", "--proof", proof); code == exit.Done {
			t.Errorf("a proof with letter %d changed passes", at)
		}
	}
}

func TestAPersonsHistory(t *testing.T) {
	t.Parallel()
	w := published(t)
	line := w.query(t, "select person_id, max(consent_request_id) from "+w.trusted("audit", "disclosures")+" where consent_request_id is not null group by person_id order by count(*) desc, person_id limit 1")[0]
	person, request := line[0], line[1]
	w.now = func() time.Time { return time.Date(2027, 6, 1, 8, 30, 0, 0, time.UTC) } // in summer, London is an hour ahead
	if code := w.run("withhold", person, "--reason", "asked to", "--config", w.config()); code != exit.Done {
		t.Fatalf("withhold ended with %d: %s", code, w.stderr)
	}
	if rows := w.query(t, "select * from "+w.trusted("audit", "disclosures")+" where person_id = "+person); len(rows) > 0 {
		t.Errorf("%d disclosures of a withheld person stand in the new snapshot", len(rows))
	}
	if code := w.run("report", "person-history", "--person", "99", "--config", w.config(), "--to", t.TempDir()); code != exit.Failed || !strings.Contains(w.stderr, "knows such a person") {
		t.Errorf("of a number that is nobody's it ended with %d: %s", code, w.stderr)
	}
	if code := w.run("report", "person-history", "--person", person, "--config", w.config(), "--to", w.folder); code != exit.Done {
		t.Fatalf("report ended with %d: %s", code, w.stderr)
	}
	page, err := os.ReadFile(filepath.Join(w.folder, "person-history.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{person, "request " + request, "withheld: the council has stopped sharing", "direct-care", "adult care duty", "1 June 2027, 09:30<"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the history lacks %q", want)
		}
	}
}

// What the engine over a snapshot puts aside lies in a folder that nobody else may read, for as long as it is open.
func TestASnapshotsEngineKeepsAPrivateFolder(t *testing.T) {
	t.Parallel()
	w := demo(t)
	config, err := config.Read(w.config())
	if err != nil {
		t.Fatal(err)
	}
	lake, err := lake.Open(config.Lake, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	current, manifest, err := snapshot.Choose(lake, snapshot.Choice{})
	if err != nil {
		t.Fatal(err)
	}
	db, err := snapshot.Open(t.Context(), config, current, manifest)
	if err != nil {
		t.Fatal(err)
	}
	var folder string
	if err := db.QueryRowContext(t.Context(), "select current_setting('temp_directory')").Scan(&folder); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder is %v, %v", info, err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("the folder is left: %v", err)
	}
}

// A folder in which one of a report's files would stand over another gets none of them; otherwise each is private, whole, and copied
// without being held in memory.
func TestFilesAreHandedOverAllOrNone(t *testing.T) {
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "made")
	const size = 32 << 20
	mustWrite(t, filepath.Join(from, "a.xlsx"), []byte("new"))
	mustWrite(t, filepath.Join(from, "b.xlsx"), nil)
	if err := os.Truncate(filepath.Join(from, "b.xlsx"), size); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := reporting.HandOver(from, to); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if taken := after.TotalAlloc - before.TotalAlloc; taken > size/8 {
		t.Errorf("%d bytes of memory for a file of %d", taken, size)
	}
	if info, err := os.Stat(filepath.Join(to, "b.xlsx")); err != nil || info.Mode() != 0o600 || info.Size() != size {
		t.Errorf("%v, %v", info, err)
	}
	if err := os.Remove(filepath.Join(to, "a.xlsx")); err != nil {
		t.Fatal(err)
	}
	if _, err := reporting.HandOver(from, to); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over another file: %v", err)
	}
	if left, err := os.ReadDir(to); err != nil || len(left) != 1 {
		t.Errorf("half a report was handed over: %v, %v", left, err)
	}
}

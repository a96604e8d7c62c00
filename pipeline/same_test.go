package pipeline

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"careshare/extract/casestore/postgrestest"
	"careshare/pipeline/borough"
	"careshare/pipeline/exit"
)

func TestTheSameRunTwiceGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	first := demo(t)
	second := first.copyOf(t)
	if code := second.run("run", "--config", second.config(), "--as-at", asAt); code != exit.Quarantined {
		t.Fatalf("run ended with %d: %s", code, second.stderr)
	}
	sameFiles(t, first.current(), second.current())
}

func TestEveryCaseStoreGivesTheSameSnapshot(t *testing.T) {
	t.Parallel()
	embedded := demo(t)
	stores := map[string]func(t *testing.T, w world) (caseStore, kind string){
		"postgres": func(t *testing.T, w world) (string, string) {
			address := postgrestest.Start(t)
			environment(t, "CARESHARE_TEST_CASE_STORE", address)
			return address, "kind: postgres\n  location_env: CARESHARE_TEST_CASE_STORE"
		},
	}
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			w := embedded.copyOf(t)
			address, kind := open(t, w)
			options := borough.Options{People: boroughSize, Seed: 1, AsAt: borough.DefaultAsAt(), To: t.TempDir(), CaseStore: address, Errors: true}
			makeBorough(t, options)
			w.edit(t, embeddedStore, kind)
			if code := w.run("run", "--config", w.config(), "--as-at", asAt); code != exit.Quarantined {
				t.Fatalf("run ended with %d: %s", code, w.stderr)
			}
			sameFiles(t, embedded.current(), w.current())
		})
	}
}

// edit changes one place of the configuration.
func (w world) edit(t testing.TB, old, replacement string) {
	t.Helper()
	content, err := os.ReadFile(w.config())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(content), old) != 1 {
		t.Fatalf("%q does not stand once in the configuration", old)
	}
	edited := strings.Replace(string(content), old, replacement, 1)
	if err := os.WriteFile(w.config(), []byte(edited), 0o600); err != nil {
		t.Fatal(err)
	}
}

// sameFiles compares two snapshots byte by byte. Only the manifest's audit root may differ, since each lake's log
// knows its own times, and the reports, which print that root.
func sameFiles(t testing.TB, left, right string) {
	t.Helper()
	a, b := hashes(t, left), hashes(t, right)
	for path, hash := range a {
		if other, there := b[path]; !there {
			t.Errorf("%s is only in the first", path)
		} else if other != hash && path != "manifest.json" && !strings.HasPrefix(path, "reports/") {
			t.Errorf("%s differs", path)
		}
	}
	for path := range b {
		if _, there := a[path]; !there {
			t.Errorf("%s is only in the second", path)
		}
	}
	if len(a) < 20 {
		t.Errorf("only %d files compared", len(a))
	}
}

func hashes(t testing.TB, folder string) map[string]string {
	t.Helper()
	folder, err := filepath.EvalSymlinks(folder)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(folder, path)
		found[inside] = fmt.Sprintf("%x", sha256.Sum256(content))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

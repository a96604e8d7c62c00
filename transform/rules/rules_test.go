package rules

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"careshare/sql"
)

const header = "-- grain: a\n-- reads: nothing\n-- why: w\n"

// overlay writes a council's folder.
func overlay(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		if err := write(folder, name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func shippedText(t *testing.T, name string) string {
	t.Helper()
	content, _ := shippedFile(name)
	if content == nil {
		t.Fatalf("%s is not shipped", name)
	}
	return string(content)
}

// What nothing reads is refused by its name, in words that say what to do.
func TestOverlayRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"a stray file":             {map[string]string{"README.md": "x"}, "README.md: nothing reads a file"},
		"a backup":                 {map[string]string{"share/people.sql~": "x"}, "share/people.sql~: nothing reads"},
		"an unknown folder":        {map[string]string{"models/m.sql": header + "select 1 as a"}, "models/m.sql: nothing reads"},
		"the linkage engine":       {map[string]string{"linkage/link.sql": "x"}, "linkage/link.sql: nothing reads"},
		"a query of another name":  {map[string]string{"explain/mine.sql": "select 1"}, "explain/mine.sql: only shipped files"},
		"a list elsewhere":         {map[string]string{"share/list.csv": "a\n1\n"}, "share/list.csv: nothing reads"},
		"a model that nobody uses": {map[string]string{"share/int_mine.sql": header + "select 1 as a"}, "share/int_mine.sql has no effect: no published table"},
		"a lone contract":          {map[string]string{"share/mine.yaml": "name: mine\n"}, "dataset mine has a contract and no model mine"},
		"a lone list":              {map[string]string{"returns/mine.csv": "a\n1\n"}, "returns/mine.csv has no effect: no model reads config.mine"},
		"a lone view":              {map[string]string{"views/mine.json": "{}"}, "views/mine.json has no effect: no model reads health.mine"},
		"a macro that reads":       {map[string]string{"macros.sql": "create macro f(a) as (select max(x) from casestore.dm_persons);"}, `Table with name "casestore.dm_persons" does not exist`},
		"a macro over the engine":  {map[string]string{"macros.sql": "create macro f(a) as (select count(*) from duckdb_settings());"}, "macro f: selects from the function duckdb_settings"},
		"a macro that guesses":     {map[string]string{"macros.sql": "create macro f(a) as now();"}, "macro f: now answers differently"},
		"a table of macros":        {map[string]string{"macros.sql": "create table t as select 1 as a;"}, "creates something else"},
		"macros that do not parse": {map[string]string{"macros.sql": "create macro f(a) as ((;"}, "load macros.sql"},
		"another file of copies":   {map[string]string{"copied.csv": "x\n"}, "not written by careshare rules copy"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := Load(overlay(t, c.files))
			if err == nil {
				_, err = r.Models()
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
	if _, err := Load(filepath.Join(t.TempDir(), "missing")); err == nil {
		t.Error("a folder that is not there is taken for an overlay")
	}
}

// Each kind of file decides where the council has its own, and the digest says so. Last time macros.sql had no effect.
func TestOverlayDecides(t *testing.T) {
	t.Parallel()
	shipped, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	macros := shippedText(t, "macros.sql") + "create macro of_the_council(a) as a;\n"
	words := strings.ReplaceAll(shippedText(t, "reasons.csv"), "no_episode", "no_period")
	r, err := Load(overlay(t, map[string]string{
		"macros.sql": macros, "reasons.csv": words, "share/withheld.sql": shippedText(t, "share/withheld.sql"),
		"tests/people.txtar": "-- none/expect --\n", "tests/int_scope.txtar": shippedText(t, "tests/int_scope.txtar"),
	}))
	if err != nil {
		t.Fatal(err)
	}
	if r.Macros != macros || r.Digest == shipped.Digest {
		t.Error("the council's macros do not decide")
	}
	if text, err := fs.ReadFile(r, "reasons.csv"); err != nil || string(text) != words {
		t.Errorf("reasons.csv: %v", err)
	}
	if text, err := fs.ReadFile(r.Cases, "tests/people.txtar"); err != nil || string(text) != "-- none/expect --\n" {
		t.Errorf("tests/people.txtar: %v", err)
	}
	theirs, err := r.Models()
	if err != nil {
		t.Fatal(err)
	}
	ours, err := shipped.Models()
	if err != nil {
		t.Fatal(err)
	}
	if len(theirs.Tables) != len(ours.Tables) || len(theirs.Checks) != len(ours.Checks) {
		t.Errorf("%d models and %d checks, shipped %d and %d", len(theirs.Tables), len(theirs.Checks), len(ours.Tables), len(ours.Checks))
	}
	for _, pattern := range []string{"*", "share/*", "returns/*/*", "tests/*"} {
		both, err := fs.Glob(r, pattern)
		if before, _ := fs.Glob(sql.Files, pattern); err != nil || !slices.Equal(both, before) {
			t.Errorf("%s: %v, shipped %v, %v", pattern, both, before, err)
		}
	}
}

// A whole copy of the rules decides as they do: the digest is theirs.
func TestAnEqualCopyHasTheShippedDigest(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := os.CopyFS(folder, sql.Files); err != nil {
		t.Fatal(err)
	}
	copied, err := Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	shipped, err := Shipped()
	if err != nil || copied.Digest != shipped.Digest {
		t.Errorf("digest %s, shipped %s: %v", copied.Digest, shipped.Digest, err)
	}
}

// A copy knows what it was made from; when the shipped file changes, the council hears of it until it says --keep.
func TestACopyGrowsStale(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	const model, list = "share/withheld.sql", "returns/return_rules.csv"
	if err := Copy(folder, []string{model, list}, false); err != nil {
		t.Fatal(err)
	}
	if stale := staleness(t, folder); !slices.Equal(stale, []string{"returns/return_rules.csv:", "share/withheld.sql:"}) {
		t.Errorf("a fresh copy is %v", stale)
	}
	if err := (copied{model: digestOf([]byte("an older version")), "share/gone.sql": "x"}).write(folder); err != nil {
		t.Fatal(err)
	}
	if stale := staleness(t, folder); !slices.Equal(stale, []string{
		"returns/return_rules.csv:it is not recorded which shipped version was copied", "share/withheld.sql:the shipped file has changed since it was copied",
	}) {
		t.Errorf("an old copy is %v", stale)
	}
	edited := shippedText(t, model) + "\n-- ours"
	if err := os.WriteFile(filepath.Join(folder, model), []byte(edited), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Copy(folder, []string{model}, false); err == nil {
		t.Error("a copy is written over the council's own")
	}
	if err := Copy(folder, []string{model}, true); err != nil {
		t.Fatal(err)
	}
	r, err := Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	differences, err := r.Diff()
	if err != nil || len(differences) != 2 || differences[1].Stale != "" || !strings.Contains(differences[1].Diff, "+-- ours") || differences[0].Diff != "" {
		t.Errorf("differences %+v, %v", differences, err)
	}
	if text, err := os.ReadFile(filepath.Join(folder, model)); err != nil || string(text) != edited {
		t.Error("--keep changed the council's file")
	}
}

func staleness(t *testing.T, folder string) (all []string) {
	t.Helper()
	r, err := Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range r.Overlay {
		all = append(all, file.Path+":"+file.Stale)
	}
	return all
}

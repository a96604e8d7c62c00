package pipeline

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"careshare/load/lake"
	"careshare/pipeline/exit"
)

// star are the datasets that no run publishes without a key.
var star = []string{
	"dim_person", "dim_date", "dim_team", "dim_service", "dim_reason",
	"fact_episode", "fact_consent_request", "fact_sharing_decision", "fact_cpis_access",
}

func (w world) published(t *testing.T, dataset string) bool {
	return slices.ContainsFunc(w.manifest(t).Datasets, func(d lake.Disclosure) bool { return d.Dataset == dataset })
}

// giveKey replaces the key's file by one of a version.
func (w world) giveKey(t *testing.T, version string) {
	t.Helper()
	line, err := lake.NewPseudonymKey(version, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(w.folder, "keys")
	if info, err := os.Lstat(folder); err == nil && !info.IsDir() {
		if err := os.Remove(folder); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "bi.key"), []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestWithoutAKeyOnlyThePseudonymsStayBehind(t *testing.T) {
	t.Parallel()
	w := demo(t).copyOf(t)
	if err := os.Remove(filepath.Join(w.folder, "keys")); err != nil {
		t.Fatal(err)
	}
	w.mustRun(t, exit.Quarantined, "run", "--as-at", asAt)
	for _, said := range []string{w.stdout, w.stderr} {
		if !strings.Contains(said, "NOT PUBLISHED for bi: dim_person") {
			t.Errorf("the run does not say so: %s", said)
		}
	}
	for _, dataset := range star {
		if w.published(t, dataset) {
			t.Errorf("%s is published without a key", dataset)
		}
	}
	for _, dataset := range []string{"figures", "visits", "decisions", "cpis_cohort"} {
		if !w.published(t, dataset) {
			t.Errorf("%s is not published", dataset)
		}
	}
	if code := w.run("check", "--config", w.config()); code != exit.Failed || !strings.Contains(w.stdout, "FIX  pseudonyms") {
		t.Errorf("check ended with %d: %s", code, w.stdout)
	}
}

func TestPseudonymsAreGosHMAC(t *testing.T) {
	t.Parallel()
	w := demo(t)
	line, err := os.ReadFile(filepath.Join(w.folder, "keys", "bi.key"))
	if err != nil {
		t.Fatal(err)
	}
	version, secret, _ := strings.Cut(strings.TrimSpace(string(line)), " ")
	key, err := hex.DecodeString(secret)
	if err != nil {
		t.Fatal(err)
	}
	expected := map[string]bool{}
	for _, person := range w.query(t, "select person_id::varchar from read_parquet("+w.refined("int_scope")+") where in_scope") {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte("bi:person:" + person[0]))
		expected[hex.EncodeToString(mac.Sum(nil))[:32]] = true
	}
	found := w.query(t, "select person_key, key_version from read_parquet("+w.trusted("bi", "dim_person")+")")
	if len(found) < 100 {
		t.Errorf("only %d pseudonyms", len(found))
	}
	for _, row := range found {
		if !expected[row[0]] || row[1] != version {
			t.Fatalf("a pseudonym is not of this key: %v", row)
		}
	}
	if mark := w.manifest(t).Pseudonyms["bi"]; mark.Version != version || len(mark.Check) != 16 {
		t.Errorf("the manifest says %+v", mark)
	}
	if strings.Contains(w.everythingSaid(t), secret) {
		t.Error("the key is said")
	}
}

// everythingSaid is what was printed, and every byte of the lake that is not compressed.
func (w world) everythingSaid(t *testing.T) string {
	t.Helper()
	said := w.stdout + w.stderr
	for _, path := range filesUnder(t, w.lake()) {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		said += string(content)
	}
	return said
}

func TestARotatedKeyGivesOtherPseudonyms(t *testing.T) {
	t.Parallel()
	w := published(t)
	catalog := w.keepCatalog(t)
	keys := func() string { return "select person_key from read_parquet(" + w.trusted("bi", "dim_person") + ")" }
	before := w.query(t, keys())
	w.giveKey(t, w.manifest(t).Pseudonyms["bi"].Version)
	if code := w.run("run", "--config", w.config(), "--as-at", asAt); code != exit.Failed || !strings.Contains(w.stderr, "a new key needs a new version") {
		t.Fatalf("a new key under the old version: ended with %d: %s", code, w.stderr)
	}
	w.giveKey(t, "2026-2")
	w.mustRun(t, exit.Quarantined, "run", "--as-at", asAt)
	after := w.query(t, keys())
	if len(before) != len(after) || len(after) < 100 {
		t.Errorf("%d pseudonyms before, %d after", len(before), len(after))
	}
	for _, row := range after {
		if slices.ContainsFunc(before, func(old []string) bool { return old[0] == row[0] }) {
			t.Fatal("a pseudonym outlived its key")
		}
	}
	if version := w.manifest(t).Pseudonyms["bi"].Version; version != "2026-2" {
		t.Errorf("the manifest names version %s", version)
	}
	if got := askCatalog(t, catalog, w.current(), keyVersion); got != "2026-2" {
		t.Errorf("the catalog of the night before says %s", got)
	}
}

func TestTheOptOutFailsClosed(t *testing.T) {
	t.Parallel()
	for title, spoil := range map[string]func(reply string) error{
		"no reply":         os.Remove,
		"a reply in parts": func(reply string) error { return appendTo(reply, "not a number\n") },
	} {
		t.Run(title, func(t *testing.T) {
			w := demo(t).copyOf(t)
			folder := filepath.Join(w.folder, "opt_out")
			if err := os.CopyFS(folder, os.DirFS(filepath.Join(w.folder, "sources", "opt_out"))); err != nil {
				t.Fatal(err)
			}
			replies, err := filepath.Glob(filepath.Join(folder, "*.reply.dat"))
			if err != nil || len(replies) == 0 {
				t.Fatal("no reply to spoil", err)
			}
			if err := spoil(replies[0]); err != nil {
				t.Fatal(err)
			}
			w.edit(t, "folder: sources/opt_out", "folder: opt_out")
			w.edit(t, "threshold_percent: 1 ", "threshold_percent: 50 ")
			w.mustRun(t, exit.Quarantined, "run", "--as-at", asAt)
			for _, dataset := range []string{"dim_person", "fact_episode", "fact_consent_request", "fact_sharing_decision", "fact_cpis_access"} {
				if rows := w.query(t, "select count(*) from read_parquet("+w.trusted("bi", dataset)+")")[0][0]; rows != "0" {
					t.Errorf("%s holds %s rows", dataset, rows)
				}
			}
			w.atLeast(t, 1, "select count(*) from read_parquet("+w.trusted("direct-care", "people")+")")
		})
	}
}

func appendTo(path, text string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(content, text...), 0o600)
}

// Who opted out is written down nowhere; that some did, the audit may know.
func TestNobodyIsNamedAsOptedOut(t *testing.T) {
	t.Parallel()
	w := demo(t)
	w.atLeast(t, 1, "select sum(count_people)::bigint from read_parquet("+w.trusted("audit", "bi_left_out")+") where reason = 'opted_out'")
	looked := 0
	for _, path := range filesUnder(t, w.current()+"/") {
		if !strings.HasSuffix(path, ".parquet") || strings.Contains(path, "/raw/") {
			continue
		}
		columns := w.query(t, fmt.Sprintf("select string_agg(column_name, ' ') from (describe from read_parquet('%s'))", path))[0][0]
		if !strings.Contains(columns, "person") && !strings.Contains(columns, "nhs_number") {
			continue
		}
		looked++
		for _, cell := range w.cells(t, path) {
			if strings.Contains(cell, "opted_out") && cell != "not_opted_out" {
				t.Errorf("%s says of a person that they opted out", path)
			}
		}
	}
	if looked < 20 {
		t.Errorf("only %d files about people were looked through", looked)
	}
}

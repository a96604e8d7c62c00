package pipeline

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"careshare/pipeline/exit"
	"careshare/sql"
)

// Keep the least: after a run no health row that was not shared is left anywhere under the lake.
func TestNoUnsharedHealthRowIsLeftOnDisk(t *testing.T) {
	t.Parallel()
	w := demo(t)
	// Every resource id of the extracts is a canary. Parquet is read through the engine, since its pages are compressed;
	// every other file is searched as bytes.
	shared := map[string]bool{}
	for _, dataset := range []string{"medications", "diagnoses", "allergies", "immunisations", "visits"} {
		for _, line := range w.query(t, fmt.Sprintf("select resource_id from read_parquet(%s)", w.trusted("direct-care", dataset))) {
			shared[line[0]] = true
		}
	}
	if len(shared) < 100 {
		t.Fatalf("only %d health rows are shared: the test would look for nothing", len(shared))
	}
	canaries := w.unsharedIDs(t, shared)
	if len(canaries) < 1000 {
		t.Fatalf("only %d unshared resources", len(canaries))
	}
	for _, path := range filesUnder(t, w.lake()) {
		if strings.Contains(path, "/quarantine/") {
			continue // keys stay; that no text does is tested below
		}
		if strings.HasSuffix(path, ".parquet") {
			for _, cell := range w.cells(t, path) {
				if canaries[cell] {
					t.Errorf("%s holds an unshared resource", path)
					break
				}
			}
			continue
		}
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for canary := range canaries {
			if bytes.Contains(content, []byte(canary)) {
				t.Errorf("%s holds an unshared resource", path)
				break
			}
		}
	}
	report(t, "health text in quarantine", w.query(t, fmt.Sprintf("select source, file, line from read_parquet('%s') where raw is not null",
		filepath.Join(w.current(), "quarantine", "health-*", "part-0.parquet"))))
	if left, _ := filepath.Glob(filepath.Join(w.lake(), "runs", "*")); len(left) > 0 {
		t.Errorf("left of the run: %v", left)
	}
}

// unsharedIDs are the ids of all clinical resources of the extracts but the shared ones.
func (w world) unsharedIDs(t *testing.T, shared map[string]bool) map[string]bool {
	t.Helper()
	unshared := map[string]bool{}
	for _, kind := range []string{"Condition", "MedicationStatement", "MedicationRequest", "AllergyIntolerance", "Immunization", "Encounter", "Appointment"} {
		files := fmt.Sprintf("'%s'", filepath.Join(w.folder, "sources/health/*", kind+".*.ndjson*"))
		for _, line := range w.query(t, fmt.Sprintf("select distinct id from read_ndjson(%s, columns = {id: 'varchar'}, ignore_errors = true) where length(id) > 8", files)) {
			if !shared[line[0]] {
				unshared[line[0]] = true
			}
		}
	}
	return unshared
}

// cells are the distinct texts of a Parquet file, however many rows they stand in.
func (w world) cells(t *testing.T, path string) []string {
	t.Helper()
	var all []string
	for _, line := range w.query(t, fmt.Sprintf("select distinct unnest([columns(*)::varchar]) from (select columns(*)::varchar from read_parquet('%s'))", path)) {
		all = append(all, line...)
	}
	return all
}

func filesUnder(t *testing.T, folder string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Nothing of a person is printed, logged or put into a file's name.
func TestNothingOfAPersonIsSaid(t *testing.T) {
	t.Parallel()
	w := demo(t)
	log, err := os.ReadFile(filepath.Join(w.lake(), "audit", "log.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := os.ReadFile(filepath.Join(w.current(), "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	said := w.stdout + w.stderr + string(log) + string(manifest) + strings.Join(filesUnder(t, w.lake()), "\n")
	persons := fmt.Sprintf("read_parquet('%s')", filepath.Join(w.current(), "raw/casestore/dm_persons/part-0.parquet"))
	searched := 0
	for column, query := range map[string]string{
		"full_name":     "select full_name from " + persons,
		"nhs_id":        "select nhs_id::varchar from " + persons + " where nhs_id > 999",
		"email_address": "select email_address from " + persons + " where email_address <> ''",
		"address":       fmt.Sprintf("select address from read_parquet('%s') where address <> ''", filepath.Join(w.current(), "raw/casestore/dm_addresses/part-0.parquet")),
		"telephone":     fmt.Sprintf("select telephone_number from read_parquet('%s')", filepath.Join(w.current(), "raw/casestore/dm_telephone_numbers/part-0.parquet")),
	} {
		for _, line := range w.query(t, query) {
			searched++
			if len(line[0]) > 4 && strings.Contains(said, line[0]) {
				t.Errorf("a value of %s is said", column)
				break
			}
		}
	}
	if searched < 5000 {
		t.Errorf("only %d values searched for", searched)
	}
}

// What the engine quotes of the rows stands in no error of the program, be it for a person's eyes, a schedule's ledger or a check's line.
func TestAnErrorOfTheEngineIsSaidWithoutItsRow(t *testing.T) {
	db, err := sql.Open(t.Context(), sql.Options{Memory: "100MB", Threads: 1, Spill: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, err = db.ExecContext(t.Context(), "select cast(name as date) from (values ('Canary')) as people (name)")
	err = exit.Usage(fmt.Errorf("carry over people: %w", err))
	var said bytes.Buffer
	if code := exit.Report(t.Context(), &said, err); code != exit.WrongUsage || said.String() != "careshare: carry over people: Conversion Error\n" {
		t.Errorf("ended with %d: %s", code, said.String())
	}
	if said := exit.OneLine(err); said != "carry over people: Conversion Error" {
		t.Errorf("a check's line says %q", said)
	}
}

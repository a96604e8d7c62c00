package fhir_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"careshare/reports/fhir"
	"careshare/sql"
)

// rows of every dataset, with each column that may be null both null and not.
const datasets = `
create table people as select * from (values
	(1::bigint, '9990000018', '01', 'verified', 'traced'), (2::bigint, '9990000026', '01', 'verified', 'traced'), (3::bigint, '9990000034', '01', 'verified', 'traced')
) t(person_id, nhs_number, nhs_number_status, standing, method);
create table advocates_and_next_of_kin as select * from (values
	(1::bigint, '9990000018', 'personal-1', 'next_of_kin', 'Mother', 'Ünal Test', '020 7946 0000', true, false, date '2020-02-29'),
	(1::bigint, '9990000018', 'personal-2', 'advocate', 'Advocate', null, null, null, null, null),
	(2::bigint, '9990000026', 'personal-1', 'next_of_kin', 'Next of kin', 'A "B" <C>', null, false, true, date '2026-01-01')
) t(person_id, nhs_number, contact_key, role, relationship, contact_name, telephone, has_parental_responsibility, is_informal_carer, started_on);
create table accessible_information as select * from (values
	(1::bigint, '9990000018', 'communication_support', '415803005', 'Uses British Sign Language', date '2026-02-13', 7::bigint),
	(2::bigint, '9990000026', 'contact_method', '936741000000100', 'Requires contact by email', null, 8::bigint)
) t(person_id, nhs_number, need_type, code, display, recorded_on, recorded_in_step);
create table case_status as select * from (values
	(1::bigint, '9990000018', 'assessment', 'open', date '2026-10-07', null), (1::bigint, '9990000018', 'service', 'closed', date '2025-10-07', date '2026-01-07')
) t(person_id, nhs_number, kind, status, opened_on, closed_on);
create table allocated_teams as select * from (values
	(1::bigint, '9990000018', 306::bigint, 'Hospital Discharge', date '2025-05-22'), (2::bigint, '9990000026', 307::bigint, null, null)
) t(person_id, nhs_number, team_id, team_name, allocated_from);
create table allocated_workers as select * from (values
	(1::bigint, '9990000018', 'allocation-5', 5006::bigint, 'Freya Test', 'Allocated worker', date '2025-05-22'),
	(1::bigint, '9990000018', 'professional-1', null, 'Áine Test', 'Occupational therapist', null),
	(2::bigint, '9990000026', 'allocation-6', 5006::bigint, 'Freya Test', 'Allocated worker', date '2026-05-22')
) t(person_id, nhs_number, worker_key, worker_id, worker_name, relationship, started_on);
create table disclosures as select * from (values
	(1::bigint, 'case_status', 'out', 'direct-care', 'individual care', 'adult_care_duty', 12::bigint, '2026-1', 'verified', 2::bigint),
	(2::bigint, 'allocated_teams', 'out', 'direct-care', 'individual care', null, null, '2026-1', 'verified', 1::bigint),
	(1::bigint, 'medications', 'in', 'direct-care', 'individual care', null, null, '2026-1', 'matched', 4::bigint),
	(1::bigint, 'case_status', 'out', 'audit', 'audit', null, null, '2026-1', 'verified', 2::bigint)
) t(person_id, dataset, direction, audience, purpose, legal_basis, consent_request_id, agreement_version, nhs_number_standing, count_rows);
`

var published = []string{
	"people", "advocates_and_next_of_kin", "accessible_information", "case_status", "allocated_teams", "allocated_workers", "disclosures",
}

func engine(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open(context.Background(), sql.Options{Memory: "500MB", Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if _, err := db.Exec(datasets); err != nil {
		t.Fatal(err)
	}
	return db
}

func options(to string) fhir.Options {
	return fhir.Options{
		AsAt: time.Date(2026, 11, 1, 7, 0, 0, 0, time.UTC), CouncilName: "Demo Council", CouncilCode: "999", Datasets: published,
		Request: "careshare report fhir-export", To: to,
	}
}

func export(t *testing.T, db *sql.DB, o fhir.Options) fhir.Rows {
	t.Helper()
	rows, err := fhir.Write(context.Background(), db, sql.Files, o)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestEveryRowIsInTheExport compares both forms: as many resources, or parts of one, as a dataset has rows.
func TestEveryRowIsInTheExport(t *testing.T) {
	t.Parallel()
	db, to := engine(t), t.TempDir()
	rows := export(t, db, options(to))
	for _, dataset := range published[:6] {
		var want int64
		if err := db.QueryRow("select count(*) from " + dataset).Scan(&want); err != nil {
			t.Fatal(err)
		}
		if rows[dataset] != want {
			t.Errorf("%s: %d in the export, %d rows", dataset, rows[dataset], want)
		}
	}
	manifest := readManifest(t, to)
	counts := map[string]int64{}
	for _, file := range manifest.Output {
		counts[file.Type] = file.Count
		if lines := int64(len(lines(t, filepath.Join(to, file.URL)))); lines != file.Count {
			t.Errorf("%s has %d lines, the manifest says %d", file.URL, lines, file.Count)
		}
	}
	want := map[string]int64{
		"Patient": 3, "RelatedPerson": 3, "Flag": 2, "EpisodeOfCare": 2, "CareTeam": 4, "PractitionerRole": 2, "Organization": 3, "Provenance": 2,
	}
	if fmt.Sprint(counts) != fmt.Sprint(want) {
		t.Errorf("counts %v", counts)
	}
	for _, name := range files(t, to) {
		if info, err := os.Stat(filepath.Join(to, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v", name, info.Mode(), err)
		}
	}
}

func TestTheSameRowsGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	db, first, second := engine(t), t.TempDir(), t.TempDir()
	export(t, db, options(first))
	export(t, db, options(second))
	if digest(t, first) != digest(t, second) {
		t.Error("two exports of the same rows differ")
	}
}

// TestWhatWasTakenBackIsDeleted plants a person who is no longer shared.
func TestWhatWasTakenBackIsDeleted(t *testing.T) {
	t.Parallel()
	db, first, second := engine(t), t.TempDir(), t.TempDir()
	export(t, db, options(first))
	for _, dataset := range published {
		if _, err := db.Exec("delete from " + dataset + " where person_id = 2"); err != nil {
			t.Fatal(err)
		}
	}
	o := options(second)
	o.Previous = first
	export(t, db, o)
	text, err := os.ReadFile(filepath.Join(second, "deleted.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	var bundle struct {
		Entry []struct {
			Request struct{ Method, URL string }
		}
	}
	if err := json.Unmarshal(text, &bundle); err != nil {
		t.Fatal(err)
	}
	var gone []string
	for _, entry := range bundle.Entry {
		gone = append(gone, entry.Request.Method+" "+entry.Request.URL)
	}
	want := []string{
		"DELETE CareTeam/2-team-307", "DELETE CareTeam/2-workers", "DELETE Flag/2-contact-method-936741000000100", "DELETE Organization/team-307",
		"DELETE Patient/2", "DELETE Provenance/2-allocated-teams", "DELETE RelatedPerson/2-personal-1-next-of-kin",
	}
	if !slices.Equal(gone, want) {
		t.Errorf("deleted %v", gone)
	}
}

func TestADatasetThatIsNotPublishedIsNotExported(t *testing.T) {
	t.Parallel()
	db, to := engine(t), t.TempDir()
	if _, err := db.Exec("drop table advocates_and_next_of_kin"); err != nil {
		t.Fatal(err)
	}
	o := options(to)
	o.Datasets = []string{"people", "case_status"}
	export(t, db, o)
	if got := strings.Join(files(t, to), " "); got != "EpisodeOfCare.ndjson Patient.ndjson manifest.json" {
		t.Errorf("files: %s", got)
	}
}

func TestAMappingWithoutAHeaderIsRefused(t *testing.T) {
	t.Parallel()
	rules := fstest.MapFS{"fhir/Patient.sql": {Data: []byte("select 1 as id")}}
	if _, err := fhir.Write(context.Background(), engine(t), rules, options(t.TempDir())); err == nil || !strings.Contains(err.Error(), "Patient.sql: the header") {
		t.Errorf("%v", err)
	}
	if _, err := fhir.Write(context.Background(), engine(t), fstest.MapFS{}, options(t.TempDir())); err == nil {
		t.Error("rules without mappings gave an export")
	}
}

// TestHAPIFindsNoError validates the export against UK Core with HAPI FHIR, and sees it find a planted error.
func TestHAPIFindsNoError(t *testing.T) {
	t.Parallel()
	definitions := definitions(t)
	to := t.TempDir()
	export(t, engine(t), options(to))
	broken := t.TempDir()
	text, err := os.ReadFile(filepath.Join(to, "EpisodeOfCare.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	text = []byte(strings.ReplaceAll(string(text), `"status":"active"`, `"status":"open"`))
	if err := os.WriteFile(filepath.Join(broken, "EpisodeOfCare.ndjson"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	said := validate(t, definitions, to, broken)
	if !strings.Contains(said, "\n21 resources, 0 errors,") && !strings.HasPrefix(said, "21 resources, 0 errors,") {
		t.Errorf("the export: %s", said)
	}
	if !strings.Contains(said, "\n2 resources, ") || strings.Contains(said, "\n2 resources, 0 errors") {
		t.Errorf("the planted error was not found: %s", said)
	}
}

// definitions is the folder of UK Core, public data that is not part of the project.
func definitions(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("CARESHARE_DATA")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared", "data")
	}
	folder, err := filepath.Abs(filepath.Join(folder, "ukcore"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(folder); err != nil {
		missing(t, "UK Core's definitions are not here: set CARESHARE_DATA")
	}
	return folder
}

func validate(t *testing.T, definitions string, folders ...string) string {
	t.Helper()
	program := filepath.Join("testdata", "validator", "Validate.java")
	out, err := exec.Command("java", append([]string{"-cp", classPath(t), program, definitions}, folders...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// classPath fetches HAPI once, into a folder of the tests' own.
func classPath(t *testing.T) string {
	t.Helper()
	for _, program := range []string{"java", "mvn"} {
		if _, err := exec.LookPath(program); err != nil {
			missing(t, program+" is not installed")
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	pom, err := os.ReadFile(filepath.Join("testdata", "validator", "pom.xml"))
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(cache, "careshare-tests", fmt.Sprintf("hapi-%.12x", sha256.Sum256(pom)))
	list := filepath.Join(folder, "classpath")
	if text, err := os.ReadFile(list); err == nil {
		return string(text)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	part := list + ".part"
	out, err := exec.Command("mvn", "-q", "-B", "-f", filepath.Join("testdata", "validator", "pom.xml"), "dependency:build-classpath", "-Dmdep.outputFile="+part).CombinedOutput()
	if err != nil {
		missing(t, "HAPI cannot be fetched: "+string(out))
	}
	if err := os.Rename(part, list); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Skip("SKIPPED: " + what)
}

func readManifest(t *testing.T, folder string) (m fhir.Manifest) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, fhir.ManifestName))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func lines(t *testing.T, path string) (all []string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for scan := bufio.NewScanner(file); scan.Scan(); {
		all = append(all, scan.Text())
	}
	return all
}

func files(t *testing.T, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func digest(t *testing.T, folder string) string {
	t.Helper()
	hash := sha256.New()
	err := fs.WalkDir(os.DirFS(folder), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(folder, path))
		fmt.Fprintf(hash, "%s %x\n", path, sha256.Sum256(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", hash.Sum(nil))
}

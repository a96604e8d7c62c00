package pipeline

import (
	"bytes"
	"compress/gzip"
	dbsql "database/sql"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// plantedPair is a person of the case store without a number, and a patient of a sender.
type plantedPair struct {
	shape           string
	person, patient plantedRecord
	isOnePerson     bool
	personID        int64
	nhsNumber       string
}

type plantedRecord struct{ given, family, born, sex, address, postcode string }

// TestDifferentPeopleAreNotLinked plants pairs of different people of every shape into the demo borough, and pairs of one person
// beside them, and runs.
func TestDifferentPeopleAreNotLinked(t *testing.T) {
	t.Parallel()
	w := demo(t).copyOf(t)
	sources := filepath.Join(w.folder, "sources")
	if err := os.Remove(sources); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command("cp", "-R", filepath.Join(demo(t).folder, "sources"), w.folder).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	pairs := readPlanted(t)
	plantPeople(t, filepath.Join(sources, "case_store.duckdb"), pairs)
	plantPatients(t, filepath.Join(sources, "health", "exchange"), pairs)
	w.runAt(t, asAt)
	given := map[string]string{}
	for _, row := range w.query(t, fmt.Sprintf("select person_id, nhs_number from read_parquet(%s) where person_id > 2000000 and nhs_number is not null", w.refined("int_nhs_numbers"))) {
		given[row[0]] = row[1]
	}
	apart, linked := 0, 0
	for _, p := range pairs {
		number := given[fmt.Sprint(p.personID)]
		switch {
		case number != "" && number != p.nhsNumber:
			t.Errorf("%s: linked to another planted patient", p.shape)
		case !p.isOnePerson && number != "":
			t.Errorf("%s: two people are linked", p.shape)
		case !p.isOnePerson:
			apart++
		case number == "":
			t.Errorf("%s: one person is not linked: %v", p.shape, w.query(t, fmt.Sprintf("select outcome, weight, margin, what, level, bits from read_parquet(%s) where person_id = %d order by nhs_number, place",
				w.refined("linkage_weights"), p.personID)))
		default:
			linked++
		}
	}
	t.Logf("%d pairs of two people apart, %d pairs of one person linked", apart, linked)
	if apart < 40 {
		t.Errorf("%d pairs of two people are planted and apart, want 40", apart)
	}
}

func readPlanted(t *testing.T) []plantedPair {
	t.Helper()
	content, err := os.ReadFile("testdata/different_people.csv")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var pairs []plantedPair
	for i, r := range rows[1:] {
		pairs = append(pairs, plantedPair{shape: r[0], isOnePerson: r[13] == "one",
			person:   plantedRecord{r[1], r[2], r[3], r[4], r[5], r[6]},
			patient:  plantedRecord{r[7], r[8], r[9], r[10], r[11], r[12]},
			personID: int64(2000001 + i), nhsNumber: plantedNumber(i)})
	}
	return pairs
}

// plantedNumber is the n-th NHS number of the test range from 9998 000 000 on whose check digit exists.
func plantedNumber(n int) string {
	for nine := 999800000; ; nine++ {
		sum := 0
		for i, digit := range fmt.Sprint(nine) {
			sum += int(digit-'0') * (10 - i)
		}
		check := (11 - sum%11) % 11
		if check == 10 {
			continue
		}
		if n == 0 {
			return fmt.Sprintf("%d%d", nine, check)
		}
		n--
	}
}

func plantPeople(t *testing.T, store string, pairs []plantedPair) {
	t.Helper()
	db, err := dbsql.Open("duckdb", store)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for i, p := range pairs {
		r := p.person
		if _, err := db.Exec(`insert into dm_persons (person_id, full_name, first_name, last_name, date_of_birth, gender, restricted, context_flag)
			values (?, ?, nullif(?, ''), nullif(?, ''), ?::timestamp, ?, 'N', 'A')`, p.personID, strings.TrimSpace(r.given+" "+r.family), r.given, r.family, r.born, r.sex); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(`insert into dm_addresses (ref_addresses_people_id, ref_address_id, person_id, start_date, address, post_code, address_type,
			is_contact_address, is_display_address) values (?, ?, ?, timestamp '2024-01-02', ?, ?, 'HOME', 'Y', 'Y')`, 9000000+i, 9000000+i, p.personID, r.address, r.postcode); err != nil {
			t.Fatal(err)
		}
	}
}

// plantPatients adds Patients to a sender's first file, as one more gzip member, and corrects its manifest.
func plantPatients(t *testing.T, folder string, pairs []plantedPair) {
	t.Helper()
	var lines bytes.Buffer
	zip := gzip.NewWriter(&lines)
	for _, p := range pairs {
		r := p.patient
		name := map[string]any{"use": "official"}
		if r.family != "" {
			name["family"] = r.family
		}
		if r.given != "" {
			name["given"] = strings.Fields(r.given)
		}
		gender := map[string]string{"F": "female", "M": "male"}[r.sex]
		if gender == "" {
			gender = "unknown"
		}
		if err := json.NewEncoder(zip).Encode(map[string]any{
			"resourceType": "Patient", "id": fmt.Sprint("planted-", p.personID), "meta": map[string]any{"lastUpdated": "2026-10-01T00:00:00Z"},
			"identifier": []any{map[string]any{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": p.nhsNumber}},
			"name":       []any{name}, "gender": gender, "birthDate": r.born,
			"address": []any{map[string]any{"use": "home", "line": []string{r.address}, "postalCode": r.postcode}},
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "Patient.0.ndjson.gz")
	before := mustRead(t, path)
	mustWrite(t, path, append(before, lines.Bytes()...))
	manifest := filepath.Join(folder, "manifest.json")
	var counts struct {
		Output []struct {
			Type  string
			Count int
		}
	}
	text := mustRead(t, manifest)
	if err := json.Unmarshal(text, &counts); err != nil {
		t.Fatal(err)
	}
	old := counts.Output[0].Count
	mustWrite(t, manifest, bytes.Replace(text, fmt.Appendf(nil, `"count": %d`, old), fmt.Appendf(nil, `"count": %d`, old+len(pairs)), 1))
}

package fhir_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/klauspost/compress/zstd"

	"careshare/extract/fhir"
)

// patientNo is the n-th patient of an export, on one line.
func patientNo(n int, updated, family string) string {
	return fmt.Sprintf(`{"resourceType": "Patient", "id": "p%d", "meta": {"lastUpdated": %q}, "name": [{"family": %q}]}`, n, updated, family)
}

func threePatients() []string {
	var all []string
	for n := range 3 {
		all = append(all, patientNo(n, "2026-01-01T00:00:00Z", fmt.Sprintf("F%d", n)))
	}
	return all
}

func gzipOf(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(text))
	w.Close()
	return b.String()
}

func zstdOf(text string) string {
	w, _ := zstd.NewWriter(nil)
	return string(w.EncodeAll([]byte(text), nil))
}

func zipOf(files map[string]string) string {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, content := range files {
		entry, _ := w.Create(name)
		entry.Write([]byte(content))
	}
	w.Close()
	return b.String()
}

func utf16Of(text string) string {
	var b bytes.Buffer
	b.WriteString("\xff\xfe")
	for _, unit := range utf16.Encode([]rune(text)) {
		b.Write([]byte{byte(unit), byte(unit >> 8)})
	}
	return b.String()
}

func bundleOf(resources ...string) string {
	return `{"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": ` + strings.Join(resources, `}, {"resource": `) + `}]}`
}

// TestEveryWayToDeliver reads the same three patients as servers, editors and copy scripts leave them. Each gives the rows, quarantines
// by a rule, or is refused by what is wrong with it; nothing is passed over without a word.
func TestEveryWayToDeliver(t *testing.T) {
	three := strings.Join(threePatients(), "\n") + "\n"
	packed := gzipOf(three)
	pretty := strings.ReplaceAll(strings.ReplaceAll(threePatients()[0], "{", "{\n "), ", ", ",\n ")
	manifest := func(more string) string { return `{"transactionTime": "2026-02-01T00:00:00Z", ` + more + `}` }
	delete1 := func(url string) string {
		return `{"resourceType": "Bundle", "type": "transaction", "entry": [{"request": {"method": "DELETE", "url": "` + url + `"}}]}` + "\n"
	}
	const all = "p0 p1 p2"
	for name, c := range map[string]struct {
		files  map[string]string
		ids    string   // of the rows
		rules  []string // of the quarantine
		unread string   // of what was found and not taken
		err    string
	}{
		"plain":                   {files: map[string]string{"Patient.ndjson": three}, ids: all},
		"no last newline":         {files: map[string]string{"Patient.ndjson": strings.TrimSpace(three)}, ids: all},
		"CRLF":                    {files: map[string]string{"Patient.ndjson": strings.ReplaceAll(three, "\n", "\r\n")}, ids: all},
		"CR only":                 {files: map[string]string{"Patient.ndjson": strings.ReplaceAll(three, "\n", "\r")}, ids: all},
		"empty lines":             {files: map[string]string{"Patient.ndjson": "\n\n" + strings.ReplaceAll(three, "\n", "\n\n")}, ids: all},
		"byte order mark":         {files: map[string]string{"Patient.ndjson": "\ufeff" + three}, ids: all},
		"UTF-16":                  {files: map[string]string{"Patient.ndjson": utf16Of(three)}, err: "Patient.ndjson: encoded as UTF-16"},
		"Latin-1":                 {files: map[string]string{"Patient.ndjson": three + strings.Replace(patientNo(9, "2026-01-01T00:00:00Z", "x"), `"x"`, "\"\xe9\"", 1) + "\n"}, ids: all, rules: []string{"Patient.ndjson:4 not UTF-8"}},
		"a NUL in a name":         {files: map[string]string{"Patient.ndjson": three + strings.Replace(patientNo(5, "2026-01-01T00:00:00Z", "x"), `"x"`, `"F\u0000x"`, 1)}, ids: all + " p5"},
		"half a surrogate":        {files: map[string]string{"Patient.ndjson": three + `{"resourceType":"Patient","id":"s","name":[{"family":"\ud83d"}]}`}, ids: all, rules: []string{"Patient.ndjson:4 not JSON"}},
		"a key twice":             {files: map[string]string{"Patient.ndjson": three + `{"resourceType":"Patient","id":"s","gender":"male","gender":"female"}`}, ids: all, rules: []string{"Patient.ndjson:4 given twice"}},
		"no id":                   {files: map[string]string{"Patient.ndjson": three + `{"resourceType": "Patient", "name": [{"family": "x"}]}`}, ids: all, rules: []string{"Patient.ndjson:4 null in a required column"}},
		"id before type":          {files: map[string]string{"Patient.ndjson": three + `{"id":"z","resourceType":"Patient"}`}, ids: all + " z"},
		"again, same moment":      {files: map[string]string{"Patient.ndjson": three + patientNo(0, "2026-01-01T00:00:00Z", "second")}, ids: "p1 p2 p0"},
		"again, without moment":   {files: map[string]string{"Patient.ndjson": `{"resourceType":"Patient","id":"p0"}` + "\n" + `{"resourceType":"Patient","id":"p0"}`}, ids: "p0"},
		"again, an older version": {files: map[string]string{"Patient.ndjson": three + patientNo(0, "2020-01-01T00:00:00Z", "OLD")}, ids: all},
		"array":                   {files: map[string]string{"Patient.ndjson": "[" + strings.Join(threePatients(), ", ") + "]"}, ids: all},
		"over several lines":      {files: map[string]string{"Patient.ndjson": pretty}, ids: "p0"},
		"a Bundle a line":         {files: map[string]string{"Bundle.ndjson": bundleOf(threePatients()...) + "\n"}, ids: all},
		"a Bundle among Patients": {files: map[string]string{"Patient.ndjson": bundleOf(threePatients()...) + "\n"}, ids: all},
		"a Bundle over lines":     {files: map[string]string{"b.json": strings.ReplaceAll(bundleOf(threePatients()...), ", ", ",\n ")}, ids: all},
		"a Bundle a patient":      {files: map[string]string{"a1.json": bundleOf(threePatients()[0]), "a2.json": bundleOf(threePatients()[1:]...)}, ids: all},
		"an empty file":           {files: map[string]string{"Patient.ndjson": ""}},
		"an empty folder":         {files: map[string]string{"readme.txt": "x"}, err: "no health file that is read, only 1 file ending in .txt"},
		"no file at all":          {err: "the folder holds no health file"},
		"a file of another use":   {files: map[string]string{"Patient.ndjson": three, "log.ndjson": `{"eventId":"kickoff"}`, "data.csv": "a,b"}, ids: all, unread: "1 file ending in .csv, 1 file without a FHIR resource"},
		"still being written":     {files: map[string]string{"Patient.ndjson": three, "Patient.1.ndjson.tmp": three}, ids: all, unread: "1 file ending in .tmp"},
		"gzip":                    {files: map[string]string{"Patient.ndjson.gz": packed}, ids: all},
		"gzip in members":         {files: map[string]string{"Patient.ndjson.gz": gzipOf(threePatients()[0]+"\n") + gzipOf(threePatients()[1]+"\n") + gzipOf(threePatients()[2]+"\n")}, ids: all},
		"gzip, a member mid-line": {files: map[string]string{"Patient.ndjson.gz": gzipOf(three[:40]) + gzipOf(three[40:])}, ids: all},
		"gzip by name only":       {files: map[string]string{"Patient.ndjson.gz": three}, ids: all},
		"gzip without the name":   {files: map[string]string{"Patient.ndjson": packed}, ids: all},
		"gzip cut off":            {files: map[string]string{"Patient.ndjson.gz": packed[:len(packed)-9]}, err: "Patient.ndjson.gz"},
		"gzip and garbage":        {files: map[string]string{"Patient.ndjson.gz": packed + "garbage"}, err: "Patient.ndjson.gz"},
		"gzip of another name":    {files: map[string]string{"all.ndjson": packed}, ids: all},
		"zstd":                    {files: map[string]string{"Patient.ndjson.zst": zstdOf(three)}, ids: all},
		"zstd by name only":       {files: map[string]string{"Patient.ndjson.zst": three}, ids: all},
		"zip":                     {files: map[string]string{"export.zip": zipOf(map[string]string{"out/Patient.ndjson": three, "readme.txt": "x"})}, ids: all, unread: "1 file of another kind in a zip archive"},
		"zip of gzip":             {files: map[string]string{"export.zip": zipOf(map[string]string{"Patient.ndjson.gz": packed})}, ids: all},
		"zip, damaged":            {files: map[string]string{"export.zip": "PK\x03\x04 and no more"}, err: "a zip archive that is damaged"},
		"1.Patient":               {files: map[string]string{"1.Patient.ndjson": three}, ids: all},
		"Patient_0":               {files: map[string]string{"Patient_0.ndjson": three}, ids: all},
		"Patient-part-1":          {files: map[string]string{"Patient-part-1.ndjson": three}, ids: all},
		"patient":                 {files: map[string]string{"patient.ndjson": three}, ids: all},
		"jsonl":                   {files: map[string]string{"Patient.jsonl": three}, ids: all},
		"json":                    {files: map[string]string{"Patient.json": three}, ids: all},
		"a name of no type":       {files: map[string]string{"0f5b5f6e-5e1c.ndjson": three}, ids: all},
		"a name of two types":     {files: map[string]string{"Group-Patient.ndjson": three}, ids: all},
		"a folder a day":          {files: map[string]string{"day1/Patient.ndjson": three, "day2/Patient.ndjson": patientNo(1, "2026-01-02T00:00:00Z", "later")}, ids: "p0 p2 p1"},
		"a folder in work":        {files: map[string]string{"Patient.ndjson": three, "day2.partial/Patient.ndjson": patientNo(9, "2026-01-02T00:00:00Z", "later")}, ids: all},
		"two types, named":        {files: map[string]string{"Patient.ndjson": three + `{"resourceType": "Condition", "id": "c"}`}, ids: all, rules: []string{"Patient.ndjson:4 another resource type"}},
		"two types, not named":    {files: map[string]string{"all.ndjson": three + `{"resourceType": "Condition", "id": "c"}`}, ids: all},
		"not JSON, not named":     {files: map[string]string{"all.ndjson": three + "{bad"}, ids: all, rules: []string{"all.ndjson:4 not JSON"}},
		"deletions, listed":       {files: map[string]string{"a.ndjson": three, "d.ndjson": delete1("Patient/p1"), "manifest.json": manifest(`"output": [{"type": "Patient", "url": "a.ndjson"}], "deleted": [{"type": "Bundle", "url": "d.ndjson"}]`)}, ids: "p0 p2"},
		"deletions, not listed":   {files: map[string]string{"Patient.ndjson": three, "deleted.0.ndjson.gz": gzipOf(delete1("Patient/p1"))}, ids: "p0 p2"},
		"deletion by address":     {files: map[string]string{"a.ndjson": three, "d.ndjson": delete1("https://ehr.example/fhir/Patient/p1"), "manifest.json": manifest(`"output": [{"type": "Patient", "url": "a.ndjson"}], "deleted": [{"type": "Bundle", "url": "d.ndjson"}]`)}, ids: "p0 p2"},
		"deletion elsewhere":      {files: map[string]string{"Patient.ndjson": three, "deleted.ndjson": delete1("https://s.example/fhir/Patient/p1")}, err: "not below the sender's base: declare it"},
		"a file not listed":       {files: map[string]string{"a.ndjson": three, "Patient.ndjson": patientNo(9, "2026-01-01T00:00:00Z", "x"), "manifest.json": manifest(`"output": [{"type": "Patient", "url": "a.ndjson"}]`)}, ids: all, unread: "1 file not listed in manifest.json"},
		"listed without a type":   {files: map[string]string{"a.ndjson": three, "manifest.json": manifest(`"outputOrganizedBy": "Patient", "output": [{"url": "a.ndjson"}]`)}, ids: all},
		"listed by a wrong type":  {files: map[string]string{"a.ndjson": three, "manifest.json": manifest(`"output": [{"type": "Condition", "url": "a.ndjson"}]`)}},
		"a page of several":       {files: map[string]string{"a.ndjson": three, "manifest.json": manifest(`"output": [{"type": "Patient", "url": "a.ndjson"}], "link": [{"relation": "next", "url": "m2.json"}]`)}, err: "one page of several"},
		"STU3":                    {files: map[string]string{"Patient.ndjson": `{"resourceType":"Patient","id":"p","meta":{"profile":["https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-Patient-1"]}}`}, err: "Patient.ndjson: holds FHIR STU3, by its profiles: R4 and R4B are read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			for path, content := range c.files {
				path = filepath.Join(folder, path)
				if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var unread []string
			tables, _, to, err := readFolderNoting(t, folder, func(u fhir.Unread) { unread = append(unread, u.String()) }, viewNamed(t, "patient"))
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Errorf("error %v, want %q", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var rules []string
			for _, r := range rejects(t, to) {
				rules = append(rules, fmt.Sprintf("%s:%d %s", shownAs(r.File), r.Line, r.Rule))
			}
			if got := strings.Join(ids(t, tables["patient"].Path), " "); got != c.ids || !slices.Equal(rules, c.rules) || strings.Join(unread, ", ") != c.unread {
				t.Errorf("rows %q, want %q; quarantine %q, want %q; unread %q, want %q", got, c.ids, rules, c.rules, unread, c.unread)
			}
		})
	}
}

// shownAs is a name as the quarantine shows it: one that could be a person's is a hash.
func shownAs(name string) string {
	if strings.Contains(name, "SHA-256") {
		return "all.ndjson"
	}
	return name
}

// What a Bundle's entries call one another by holds in the rows, and another server's resource is not ours.
func TestReferencesOfABundle(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "b.json", `{"resourceType":"Bundle","type":"transaction","entry":[
		{"fullUrl":"urn:uuid:aaaa-1","resource":{"resourceType":"Patient"}},
		{"fullUrl":"urn:uuid:bbbb-2","resource":{"resourceType":"Condition","id":"c1","subject":{"reference":"urn:uuid:aaaa-1"}}},
		{"fullUrl":"https://ehr.example/fhir/Condition/c2","resource":{"resourceType":"Condition","id":"c2","subject":{"reference":"https://ehr.example/fhir/Patient/m1"}}},
		{"fullUrl":"https://ehr.example/fhir/Condition/c3","resource":{"resourceType":"Condition","id":"c3","subject":{"reference":"https://other.example/fhir/Patient/m1"}}},
		{"fullUrl":"https://other.example/fhir/Condition/c4","resource":{"resourceType":"Condition","id":"c4","subject":{"reference":"Patient/m1"}}}]}`)
	var unread []fhir.Unread
	tables, db, _, err := readFolderNoting(t, folder, func(u fhir.Unread) { unread = append(unread, u) }, viewNamed(t, "patient"), viewNamed(t, "condition"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := query(db, "select id, patient_id from '"+tables["condition"].Path+"'")
	if err != nil || fmt.Sprint(rows) != "[[c1 aaaa-1] [c2 m1] [c3 <nil>]]" || fmt.Sprint(ids(t, tables["patient"].Path)) != "[aaaa-1]" || fmt.Sprint(unread) != "[1 resource of another server, in a Bundle]" {
		t.Errorf("%v, %v, %v", rows, unread, err)
	}
}

// A contained Patient and a contained Medication are read where they are referred to, with what restricts them.
func TestContainedResources(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "MedicationRequest.ndjson", `{"resourceType":"MedicationRequest","id":"r0","status":"active","subject":{"reference":"Patient/p"}}
{"resourceType":"MedicationRequest","id":"r1","status":"active","contained":[{"resourceType":"Medication","id":"m","meta":{"security":[{"code":"SUD"}]},"code":{"coding":[{"system":"https://dmd.nhs.uk","code":"1","display":"Tablets"}]}},{"resourceType":"Patient","id":"p","identifier":[{"system":"https://x","value":"7"},{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}]}],"medicationReference":{"reference":"#m"},"subject":{"reference":"#p"}}
{"resourceType":"MedicationRequest","id":"r2","status":"active","contained":[{"resourceType":"Medication","id":"m","status":"entered-in-error","code":{"text":"wrong"}}],"medicationReference":{"reference":"#m"},"subject":{"reference":"Patient/p"}}
`)
	tables, db, _, err := readFolder(t, folder, viewNamed(t, "medication_request"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := query(db, "select id, patient_id, patient_nhs_number, code, display, other_labels from '"+tables["medication_request"].Path+"'")
	if want := "[[r0 p <nil> <nil> <nil> <nil>] [r1 <nil> 9990000018 1 Tablets SUD] [r2 p <nil> <nil> <nil> <nil>]]"; err != nil || fmt.Sprint(rows) != want {
		t.Errorf("%v, %v", rows, err)
	}
}

// An element that only another version of FHIR has may say the opposite: an STU3 immunisation that was not given has the status completed.
func TestOtherVersionsAreQuarantined(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "Immunization.ndjson", `{"resourceType":"Immunization","id":"i1","status":"completed"}
{"resourceType":"Immunization","id":"i2","status":"completed","notGiven":true}
{"resourceType":"Immunization","id":"i3","status":"completed","note":[{"text":"\"notGiven\""}]}
`)
	write(t, folder, "MedicationStatement.ndjson", `{"resourceType":"MedicationStatement","id":"s1","status":"active","taken":"n"}`)
	write(t, folder, "Encounter.ndjson", `{"resourceType":"Encounter","id":"e1","status":"completed","class":[{"coding":[{"code":"AMB"}]}],"actualPeriod":{"start":"2026-01-01"}}`)
	tables, _, to, err := readFolder(t, folder, viewNamed(t, "immunization"), viewNamed(t, "medication_statement"), viewNamed(t, "encounter"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rejects(t, to) {
		got = append(got, r.Key+" "+r.Column+": "+r.Rule)
	}
	want := []string{"i2 notGiven: an element of FHIR STU3, where R4 is read", "s1 taken: an element of FHIR STU3, where R4 is read", "e1 actualPeriod: an element of FHIR R5, where R4 is read"}
	if !slices.Equal(got, want) || fmt.Sprint(ids(t, tables["immunization"].Path)) != "[i1 i3]" {
		t.Errorf("%q", got)
	}
}

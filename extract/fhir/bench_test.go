package fhir_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"careshare/extract"
	"careshare/extract/fhir"
)

// floors are what somebody would write by hand for the same columns, knowing that the data is sound and what it looks like: no
// check, no fallback, no second spelling, no reference that is not Patient/id.
var floors = map[string]string{
	"patient": `select id, meta."lastUpdated", identifier[1].value, identifier[1].extension[1]."valueCodeableConcept".coding[1].code as status,
		name[1].family, array_to_string(name[1].given, ' '), "birthDate", gender, address[1]."postalCode", "deceasedDateTime", meta.security[1].code as security
		from read_ndjson(FILES, columns = {id: 'VARCHAR', meta: 'STRUCT("lastUpdated" TIMESTAMPTZ, security STRUCT(code VARCHAR)[])',
		identifier: 'STRUCT(value VARCHAR, extension STRUCT("valueCodeableConcept" STRUCT(coding STRUCT(code VARCHAR)[]))[])[]',
		name: 'STRUCT(family VARCHAR, given VARCHAR[])[]', "birthDate": 'DATE', gender: 'VARCHAR', address: 'STRUCT("postalCode" VARCHAR)[]', "deceasedDateTime": 'VARCHAR'})`,
	"condition": `select id, meta."lastUpdated", subject.reference[9:], "verificationStatus".coding[1].code as verification, "clinicalStatus".coding[1].code as clinical, category[1].coding[1].code as category,
		code.coding[1].code, code.coding[1].system, code.coding[1].display, cast("onsetDateTime" as timestamptz) as onset_at, "onsetDateTime", "recordedDate"
		from read_ndjson(FILES, columns = {id: 'VARCHAR', meta: 'STRUCT("lastUpdated" TIMESTAMPTZ)', subject: 'STRUCT(reference VARCHAR)', "verificationStatus": 'STRUCT(coding STRUCT(code VARCHAR)[])',
		"clinicalStatus": 'STRUCT(coding STRUCT(code VARCHAR)[])', category: 'STRUCT(coding STRUCT(code VARCHAR)[])[]', code: 'STRUCT(coding STRUCT(code VARCHAR, system VARCHAR, display VARCHAR)[])',
		"onsetDateTime": 'VARCHAR', "recordedDate": 'TIMESTAMPTZ'})`,
	"allergy_intolerance": `select id, meta."lastUpdated", patient.reference[9:], "verificationStatus".coding[1].code as verification, "clinicalStatus".coding[1].code as clinical, criticality,
		code.coding[1].code, code.coding[1].system, code.coding[1].display, "recordedDate"
		from read_ndjson(FILES, columns = {id: 'VARCHAR', meta: 'STRUCT("lastUpdated" TIMESTAMPTZ)', patient: 'STRUCT(reference VARCHAR)', "verificationStatus": 'STRUCT(coding STRUCT(code VARCHAR)[])',
		"clinicalStatus": 'STRUCT(coding STRUCT(code VARCHAR)[])', criticality: 'VARCHAR', code: 'STRUCT(coding STRUCT(code VARCHAR, system VARCHAR, display VARCHAR)[])', "recordedDate": 'TIMESTAMPTZ'})`,
	"immunization": `select id, meta."lastUpdated", patient.reference[9:], status, "statusReason".text, "vaccineCode".coding[1].code, "vaccineCode".coding[1].system, "vaccineCode".coding[1].display, "occurrenceDateTime"
		from read_ndjson(FILES, columns = {id: 'VARCHAR', meta: 'STRUCT("lastUpdated" TIMESTAMPTZ)', patient: 'STRUCT(reference VARCHAR)', status: 'VARCHAR', "statusReason": 'STRUCT(text VARCHAR)',
		"vaccineCode": 'STRUCT(coding STRUCT(code VARCHAR, system VARCHAR, display VARCHAR)[])', "occurrenceDateTime": 'TIMESTAMPTZ'})`,
	"encounter": `select id, meta."lastUpdated", subject.reference[9:], status, class.code, type[1].coding[1].display, period.start, period."end", "serviceProvider".reference
		from read_ndjson(FILES, columns = {id: 'VARCHAR', meta: 'STRUCT("lastUpdated" TIMESTAMPTZ)', subject: 'STRUCT(reference VARCHAR)', status: 'VARCHAR', class: 'STRUCT(code VARCHAR)',
		type: 'STRUCT(coding STRUCT(display VARCHAR)[])[]', period: 'STRUCT(start TIMESTAMPTZ, "end" TIMESTAMPTZ)', "serviceProvider": 'STRUCT(reference VARCHAR)'})`,
	"medication_request": `select id, meta."lastUpdated", subject.reference[9:], status, intent, "medicationCodeableConcept".coding[1].code, "medicationCodeableConcept".coding[1].system,
		"medicationCodeableConcept".coding[1].display, "dosageInstruction"[1].text, "authoredOn"
		from read_ndjson(FILES, columns = {id: 'VARCHAR', meta: 'STRUCT("lastUpdated" TIMESTAMPTZ)', subject: 'STRUCT(reference VARCHAR)', status: 'VARCHAR', intent: 'VARCHAR',
		"medicationCodeableConcept": 'STRUCT(coding STRUCT(code VARCHAR, system VARCHAR, display VARCHAR)[])', "dosageInstruction": 'STRUCT(text VARCHAR)[]', "authoredOn": 'TIMESTAMPTZ'})`,
	"medication_statement": `select id, meta."lastUpdated", subject.reference[9:], status, "medicationCodeableConcept".coding[1].code, "medicationCodeableConcept".coding[1].system,
		"medicationCodeableConcept".coding[1].display, dosage[1].text, "effectiveDateTime", "dateAsserted"
		from read_ndjson(FILES, columns = {id: 'VARCHAR', meta: 'STRUCT("lastUpdated" TIMESTAMPTZ)', subject: 'STRUCT(reference VARCHAR)', status: 'VARCHAR',
		"medicationCodeableConcept": 'STRUCT(coding STRUCT(code VARCHAR, system VARCHAR, display VARCHAR)[])', dosage: 'STRUCT(text VARCHAR)[]', "effectiveDateTime": 'TIMESTAMPTZ', "dateAsserted": 'TIMESTAMPTZ'})`,
	"appointment": `select id, meta."lastUpdated", participant[1].actor.reference[9:], status, "serviceType"[1].coding[1].display, start, "end"
		from read_ndjson(FILES, columns = {id: 'VARCHAR', meta: 'STRUCT("lastUpdated" TIMESTAMPTZ)', participant: 'STRUCT(actor STRUCT(reference VARCHAR))[]', status: 'VARCHAR',
		"serviceType": 'STRUCT(coding STRUCT(display VARCHAR)[])[]', start: 'TIMESTAMPTZ', "end": 'TIMESTAMPTZ'})`,
	"related_person": `select id, meta."lastUpdated", patient.reference[9:], relationship[1].coding[1].code, name[1].family, array_to_string(name[1].given, ' '), telecom[1].value
		from read_ndjson(FILES, columns = {id: 'VARCHAR', meta: 'STRUCT("lastUpdated" TIMESTAMPTZ)', patient: 'STRUCT(reference VARCHAR)', relationship: 'STRUCT(coding STRUCT(code VARCHAR)[])[]',
		name: 'STRUCT(family VARCHAR, given VARCHAR[])[]', telecom: 'STRUCT(value VARCHAR)[]'})`,
}

// stands says which Synthea file a type is made from where there is none of its own, and what is replaced in it.
var stands = map[string]struct {
	from    string
	replace [][2]string // regular expressions
}{
	"MedicationStatement": {"MedicationRequest", [][2]string{{`"dosageInstruction":`, `"dosage":`}, {`"authoredOn":`, `"effectiveDateTime":`}}},
	"Appointment": {"Encounter", [][2]string{{`"type":\[\{"coding"`, `"serviceType":[{"coding"`}, {`"period":\{("start":"[^"]*","end":"[^"]*")\}`, `$1`},
		{`"participant":`, `"others":`}, {`"subject":(\{[^}]*\})`, `"participant":[{"actor":$1}]`}}},
	"RelatedPerson": {"Patient", [][2]string{{`"communication":`, `"others":`}}},
}

const benchBytes = 96 << 20

// BenchmarkFlatten compares Read, over two files of sound NDJSON a view, with what is written by hand for the same columns: x-floor is the
// share of the hand-written reading's throughput that Read reaches.
func BenchmarkFlatten(b *testing.B) {
	synthea := sharedData(b, "synthea")
	if synthea == "" {
		b.Skip("no synthea data")
	}
	for _, v := range shipped(b) {
		b.Run(v.Name, func(b *testing.B) {
			folder := b.TempDir()
			size := multiply(b, synthea, v.Resource, folder)
			benchmark(b, v, folder, size)
		})
	}
}

func benchmark(b *testing.B, v fhir.View, folder string, size int64) {
	to := b.TempDir()
	db := openEngine(b, folder, to)
	q, err := extract.OpenQuarantine(filepath.Join(to, "quarantine.parquet"), false)
	if err != nil {
		b.Fatal(err)
	}
	o := fhir.Options{Sender: "s", Folder: folder, Views: []fhir.View{v}, To: to, Quarantine: q}
	floor := "copy (" + strings.Replace(strings.Replace(floors[v.Name], "select ", "select 's' as sender, ", 1), "FILES", "'"+folder+"/*.ndjson'", 1) + ") to '" + to + "/floor.parquet' (format parquet)"
	var byHand, ours time.Duration
	for b.Loop() {
		byHand += timed(b, func() error { _, err := db.Exec(floor); return err })
		ours += timed(b, func() error { _, err := fhir.Read(context.Background(), db, o); return err })
	}
	b.ReportMetric(byHand.Seconds()/ours.Seconds(), "x-floor")
	b.ReportMetric(float64(size)*float64(b.N)/ours.Seconds()/1e6, "MB/s")
	b.ReportMetric(0, "ns/op")
}

func timed(b *testing.B, f func() error) time.Duration {
	b.Helper()
	at := time.Now()
	if err := f(); err != nil {
		b.Fatal(err)
	}
	return time.Since(at)
}

// multiply writes the Synthea resources of a type over and over, each time with ids of their own, into two files.
func multiply(t testing.TB, synthea, resource, folder string) (size int64) {
	t.Helper()
	stand := stands[resource]
	if stand.from == "" {
		stand.from = resource
	}
	all := gunzip(t, filepath.Join(synthea, stand.from+".ndjson.gz"))
	for _, r := range stand.replace {
		all = regexp.MustCompile(r[0]).ReplaceAllString(all, r[1])
	}
	lines := bytes.SplitAfter([]byte(all), []byte("\n"))
	for part := range 2 {
		f, err := os.Create(filepath.Join(folder, fmt.Sprintf("%s.%d.ndjson", resource, part)))
		if err != nil {
			t.Fatal(err)
		}
		w := bufio.NewWriter(f)
		for round, written := 0, 0; written < benchBytes/2; round++ {
			for _, line := range lines {
				line = bytes.Replace(line, []byte(`"resourceType":"`+stand.from+`","id":"`), fmt.Appendf(nil, `"resourceType":"%s","id":"%d-%d-`, resource, part, round), 1)
				n, _ := w.Write(line)
				written, size = written+n, size+int64(n)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	return size
}

func gunzip(t testing.TB, path string) string {
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
	var b bytes.Buffer
	if _, err := b.ReadFrom(gz); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

package borough

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestCPISIsAsTheTruthSays(t *testing.T) {
	o := outside(t, 20_000, 1)
	got := map[string]int{}
	countAcknowledgements(t, o, got)
	countNotifications(t, o, got)
	countInactive(t, o, got)
	for _, row := range readCSV(t, o.path("truth", "cpis.csv")) {
		key := row["table"] + "/" + row["code"]
		wantCount(t, key, got[key], countIn(t, row["count"]))
		delete(got, key)
	}
	if len(got) > 0 {
		t.Errorf("the truth does not speak of %v", got)
	}
}

func countAcknowledgements(t *testing.T, o Options, got map[string]int) {
	for _, path := range files(t, o.path("cpis", "acknowledgements")) {
		var m fileResponse
		readMessage(t, path, &m)
		checkTime(t, m.CreationTime)
		got["acknowledgements/"+m.File.Code.Code]++
		if n := m.Quantity.Value; len(m.Records) > 0 && countIn(t, n) != len(m.Records) {
			t.Errorf("%s: %s processed, %d records", filepath.Base(path), n, len(m.Records))
		}
		for _, r := range m.Records {
			got["acknowledgement_records/"+r.Code.Code]++
			if len(r.IDs) != 2 || r.IDs[0].Root != rootNHSNumber || len(r.IDs[0].Extension) != 10 || r.IDs[1].Root != rootLocalID {
				t.Errorf("%s: a record without its two ids", filepath.Base(path))
			}
		}
	}
	for _, code := range []string{"CPF01", "CPF02", "CPF03", "CPF04", "CPF05", "CPF06"} {
		if got["acknowledgements/"+code] == 0 {
			t.Errorf("no upload is answered %s", code)
		}
	}
	for _, code := range []string{"CPR01", "CPR02", "CPR03", "CPR04", "CPR05", "CPR06", "CPR07"} {
		if got["acknowledgement_records/"+code] == 0 {
			t.Errorf("no child is answered %s", code)
		}
	}
}

func countNotifications(t *testing.T, o Options, got map[string]int) {
	seen := map[string]bool{}
	for _, path := range files(t, o.path("cpis", "notifications")) {
		var m accessNotification
		readMessage(t, path, &m)
		if countIn(t, m.Total.Value) != len(m.Accesses) {
			t.Errorf("%s: total %s, %d accesses", filepath.Base(path), m.Total.Value, len(m.Accesses))
		}
		if seen[m.ID.Root] {
			got["access_notifications/repeated"] += len(m.Accesses)
			continue
		}
		seen[m.ID.Root] = true
		if len(m.Accesses) == 0 {
			got["access_notifications/empty"]++
		}
		for _, a := range m.Accesses {
			checkTime(t, a.EffectiveTime)
			switch {
			case a.Author.Person != nil && a.Author.Device == nil:
				got["access_notifications/person"]++
			case a.Author.Device != nil && a.Author.Person == nil && len(a.Author.Device.Nominated) > 0:
				got["access_notifications/device"]++
			default:
				t.Errorf("%s: an author is neither person nor device", filepath.Base(path))
			}
		}
	}
}

func countInactive(t *testing.T, o Options, got map[string]int) {
	for _, path := range files(t, o.path("cpis", "inactive")) {
		var m inactiveNumber
		readMessage(t, path, &m)
		kind := "without_replacement"
		if m.Replacement != nil {
			kind = "with_replacement"
			if m.Replacement.ID.Extension == m.Patient.ID.Extension {
				t.Errorf("%s replaces a number by itself", filepath.Base(path))
			}
		}
		got["inactive_numbers/"+kind]++
	}
}

func TestCPISBrokenFilesAreFew(t *testing.T) {
	for _, c := range []struct{ records, planted int }{{10, 0}, {1000, 2}} {
		w, err := writeCPIS(Options{To: t.TempDir(), AsAt: DefaultAsAt(), Errors: true})
		if err != nil {
			t.Fatal(err)
		}
		w.(*cpis).records = make([]acknowledgedChild, c.records)
		if err := w.close(); err != nil {
			t.Fatal(err)
		}
		planted := 0
		for _, path := range files(t, w.(*cpis).o.path("cpis", "notifications")) {
			b, _ := os.ReadFile(path)
			if xml.Unmarshal(b, &accessNotification{}) != nil {
				planted++
			}
		}
		wantCount(t, "broken files", planted, c.planted)
	}
}

func files(t *testing.T, folder string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(found) == 0 {
		t.Fatalf("no file in %s: %v", filepath.Base(folder), err)
	}
	return found
}

// readMessage reads a file whole; the root element and its namespace must be the message's.
func readMessage(t *testing.T, path string, m any) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err == nil {
		err = xml.Unmarshal(b, m)
	}
	if err != nil {
		t.Fatalf("%s: %v", filepath.Base(path), err)
	}
}

func checkTime(t *testing.T, v valued) {
	t.Helper()
	if _, err := time.Parse(hl7Time, v.Value); err != nil {
		t.Error(err)
	}
}

package borough

import (
	"bytes"
	"careshare/schedules/london"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// outside writes what everybody but the council sends, for a borough of so many people, and returns its folder.
func outside(t testing.TB, people int, seed uint64) Options {
	t.Helper()
	o := Options{People: people, Seed: seed, AsAt: DefaultAsAt(), To: t.TempDir(), Errors: true}
	makeOutside(t, o)
	return o
}

func makeOutside(t testing.TB, o Options) {
	t.Helper()
	lives := make(chan []*life, 1)
	go func() {
		defer close(lives)
		for chunk := range o.chunks() {
			lives <- chunk
		}
	}()
	if err := o.others(context.Background(), lives); err != nil {
		t.Fatal(err)
	}
}

func TestHealthIsAsTheTruthSays(t *testing.T) {
	o := outside(t, 3000, 1)
	counts := readCSV(t, o.path("truth", "health.csv"))
	broken := readCSV(t, o.path("truth", "health_broken.csv"))
	for _, folder := range []string{"exchange", "community"} {
		s := readExport(t, o.path("health", folder))
		repeats := 0
		for _, row := range counts {
			if row["sender"] != folder {
				continue
			}
			kind := row["resource_type"]
			distinct, deleted := 0, 0
			for key := range s.newest {
				if strings.HasPrefix(key, kind+"/") {
					distinct++
					if s.deleted[key] {
						deleted++
					}
				}
			}
			repeats += countIn(t, row["repeats"])
			wantCount(t, folder+" "+kind+" lines", s.lines[kind], countIn(t, row["lines"]))
			wantCount(t, folder+" "+kind+" distinct", distinct, countIn(t, row["distinct"]))
			wantCount(t, folder+" "+kind+" deleted", deleted, countIn(t, row["deleted"]))
			wantCount(t, folder+" "+kind+" kept", distinct-deleted, countIn(t, row["kept"]))
			wantCount(t, folder+" "+kind+" sum", countIn(t, row["broken"])+countIn(t, row["repeats"])+distinct, s.lines[kind])
		}
		wantCount(t, folder+" repeats", s.repeats, repeats)
		known := 0
		for _, row := range broken {
			if row["sender"] == folder {
				known++
				if s.broken[row["file"]+":"+row["line"]] == "" {
					t.Errorf("%s %s line %s is not broken", folder, row["file"], row["line"])
				}
			}
		}
		wantCount(t, folder+" broken lines", len(s.broken), known)
		if known == 0 || repeats == 0 || len(s.deleted) == 0 {
			t.Errorf("%s: %d broken, %d repeats, %d deleted: the borough is too tidy", folder, known, repeats, len(s.deleted))
		}
		if share := float64(known) / float64(len(s.newest)); share > 0.005 {
			t.Errorf("%s: %.4f of the lines are broken, half the threshold of a run or more", folder, share)
		}
	}
}

func TestHealthPatientsAreWhole(t *testing.T) {
	o := outside(t, 3000, 1)
	exports := map[string]sent{"exchange": readExport(t, o.path("health", "exchange")), "community": readExport(t, o.path("health", "community"))}
	kept := map[string]map[string]int{}
	confirmed := map[string]int{}
	for folder, s := range exports {
		for key, r := range s.newest {
			if s.deleted[key] {
				continue
			}
			kind, _, _ := strings.Cut(key, "/")
			who := folder + "/" + patientOf(r)
			if kept[who] == nil {
				kept[who] = map[string]int{}
			}
			kept[who][kind]++
			if kind == "Condition" && codeOf(r["verificationStatus"]) == "confirmed" {
				confirmed[who]++
			}
		}
	}
	for _, row := range readCSV(t, o.path("truth", "health_patients.csv")) {
		who := row["sender"] + "/" + row["patient_id"]
		for kind, n := range row {
			if k, ok := strings.CutSuffix(kind, "Condition"); ok && k == "Confirmed" {
				wantCount(t, "confirmed conditions of a patient", confirmed[who], countIn(t, n))
			} else if kind[0] >= 'A' && kind[0] <= 'Z' {
				wantCount(t, kind+" of a patient", kept[who][kind], countIn(t, n))
			}
		}
		r := exports[row["sender"]].newest["Patient/"+row["patient_id"]]
		if got := nhsNumberOf(r); got != row["nhs_number"] {
			t.Errorf("a %s patient's NHS number is not that of the truth", row["sender"])
		}
	}
}

func TestHealthKeepsToUKCore(t *testing.T) {
	o := outside(t, 2000, 3)
	verifications, appointments := map[string]int{}, 0
	for folder, spelling := range map[string]string{"exchange": "StatusEngland", "community": "Status"} {
		s := readExport(t, o.path("health", folder))
		isSpelt := false
		for key, r := range s.newest {
			kind, _, _ := strings.Cut(key, "/")
			switch kind {
			case "Patient":
				b, _ := json.Marshal(r["identifier"])
				isSpelt = isSpelt || bytes.Contains(b, []byte("UKCore-NHSNumberVerification"+spelling+`"`))
				if birth := r["birthDate"].(string); len(birth) != 10 {
					t.Errorf("birth date %q is partial", birth)
				}
			case "Condition":
				verifications[codeOf(r["verificationStatus"])]++
			case "MedicationRequest":
				if r["substitution"] == nil {
					t.Error("MedicationRequest without substitution")
				}
			case "Immunization":
				if r["status"] == "not-done" && r["statusReason"] == nil {
					t.Error("not-done without a reason (ukcore-imm-001)")
				}
			case "Appointment":
				at, _ := time.Parse(time.RFC3339, r["start"].(string))
				if until := at.Sub(o.AsAt); until > 0 && until < 14*24*time.Hour {
					appointments++
				}
			}
			if at, _ := updated(r); toldAfter(r, at) {
				t.Errorf("a %s tells what came after its last change", kind)
			}
			if kind != "Patient" && s.newest["Patient/"+patientOf(r)] == nil {
				t.Errorf("a %s is nobody's", kind)
			}
		}
		if !isSpelt {
			t.Errorf("%s does not spell the status system %q", folder, spelling)
		}
	}
	for _, v := range []string{"confirmed", "unconfirmed", "provisional", "differential", "refuted", "entered-in-error", ""} {
		if verifications[v] == 0 {
			t.Errorf("no condition is %q", v)
		}
	}
	if appointments == 0 {
		t.Error("no appointment within a fortnight")
	}
}

// toldAfter says whether a resource's own record of when it was made is later than its last change.
func toldAfter(r map[string]any, changed time.Time) bool {
	for _, key := range []string{"recordedDate", "authoredOn", "dateAsserted"} {
		if text, ok := r[key].(string); ok && text[:10] > changed.Format(time.DateOnly) {
			return true
		}
	}
	return false
}

func TestNothingIsBrokenUnasked(t *testing.T) {
	o := Options{People: 1500, Seed: 1, AsAt: DefaultAsAt(), To: t.TempDir()}
	makeOutside(t, o)
	wantCount(t, "broken lines", len(readCSV(t, o.path("truth", "health_broken.csv"))), 0)
	for _, row := range readCSV(t, o.path("truth", "trace.csv")) {
		wantCount(t, row["file"], countIn(t, row["broken"]), 0)
	}
	for _, folder := range []string{"exchange", "community"} {
		wantCount(t, folder, len(readExport(t, o.path("health", folder)).broken), 0)
	}
}

func TestEmptyExportHasAManifest(t *testing.T) {
	o := Options{To: t.TempDir(), AsAt: DefaultAsAt()}
	w, err := writeHealth(o)
	if err == nil {
		err = w.close()
	}
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	readJSON(t, o.path("health", "exchange", "manifest.json"), &m)
	for _, key := range []string{"output", "deleted", "error"} {
		if list, ok := m[key].([]any); !ok || len(list) > 0 {
			t.Errorf("%s is %v, not an empty list", key, m[key])
		}
	}
}

func TestFilesAreRolled(t *testing.T) {
	dir := t.TempDir()
	r := &rolled{dir: dir, kind: "Condition", stem: "Condition", limit: 2}
	for range 5 {
		if err := r.write([]byte("{}\n")); err != nil {
			t.Fatal(err)
		}
	}
	file, line := r.place()
	if file != "Condition.2.ndjson.gz" || line != 1 {
		t.Errorf("the fifth line is at %s:%d", file, line)
	}
	if err := r.again([]byte("{}\n")); err != nil {
		t.Fatal(err)
	}
	done, err := r.close()
	if err != nil || len(done) != 4 || done[3] != (output{"Condition", "Condition.3.ndjson.gz", 1}) {
		t.Errorf("closed with %v, %v", done, err)
	}
	left, _ := filepath.Glob(filepath.Join(dir, "*"))
	if len(left) != 4 {
		t.Errorf("files: %v", left)
	}
}

func TestSameSeedSameBytes(t *testing.T) {
	one, two, other := digest(t, outside(t, 500, 7)), digest(t, outside(t, 500, 7)), digest(t, outside(t, 500, 8))
	for name, sum := range one {
		if two[name] != sum {
			t.Errorf("%s differs between two makings", name)
		}
		if strings.HasSuffix(name, ".gz") && other[name] == sum {
			t.Errorf("%s does not depend on the seed", name)
		}
	}
}

func digest(t *testing.T, o Options) map[string]string {
	t.Helper()
	sums := map[string]string{}
	err := filepath.WalkDir(o.To, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		sum := sha256.Sum256(b)
		name, _ := filepath.Rel(o.To, path)
		sums[name] = hex.EncodeToString(sum[:])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sums
}

// TestEditionsFollow holds the two editions of a resource apart in time, whatever the patient's age: the newest wins.
func TestEditionsFollow(t *testing.T) {
	local, _ := london.Zone()
	p := newPen(Options{Seed: 1, AsAt: DefaultAsAt()}, healthSenders(local)[0])
	for days := range 60 {
		p.patient = p.seen(&life{birth: midnight(p.asAt).AddDate(0, 0, -days)}, 1)
		for key := range uint64(50) {
			p.render(condition, key, outdated)
			before, _ := time.Parse(time.RFC3339, lastUpdated(t, p.line.b))
			p.render(condition, key, newest)
			after, _ := time.Parse(time.RFC3339, lastUpdated(t, p.line.b))
			if !after.After(before) || before.Before(p.patient.birth) {
				t.Errorf("%d days old: %v, then %v", days, before, after)
			}
		}
	}
}

func lastUpdated(t *testing.T, b []byte) string {
	t.Helper()
	var r struct{ Meta struct{ LastUpdated string } }
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	return r.Meta.LastUpdated
}

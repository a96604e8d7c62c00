package pipeline

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"careshare/load/audit"
	"careshare/pipeline/exit"
	"careshare/pipeline/snapshot"
	"careshare/schedules/london"
)

// sharedPerson is someone about whom rows of several datasets are shared.
func (w world) sharedPerson(t *testing.T) string {
	t.Helper()
	found := w.query(t, fmt.Sprintf(
		"select person_id from read_parquet(%s) where decision = 'shared' group by person_id order by count(*) desc, person_id limit 1",
		w.trusted("audit", "decisions")))
	if len(found) == 0 {
		t.Fatal("nobody is shared")
	}
	return found[0][0]
}

func (w world) rowsAbout(t *testing.T, person string) (rows int) {
	t.Helper()
	for _, d := range w.manifest(t).Datasets {
		if d.Audience != "direct-care" {
			continue
		}
		count := w.query(t, fmt.Sprintf("select count(*) from read_parquet(%s) where person_id = %s", w.trusted(d.Audience, d.Dataset), person))
		var n int
		if _, err := fmt.Sscan(count[0][0], &n); err != nil {
			t.Fatal(err)
		}
		rows += n
	}
	return rows
}

// Stop sharing now; every later run keeps to it; lifted, the rows come back.
func TestWithholdStopsSharingAtOnceAndForLater(t *testing.T) {
	t.Parallel()
	w := published(t)
	person := w.sharedPerson(t)
	before := w.rowsAbout(t, person)
	if before == 0 {
		t.Fatal("no rows about the person")
	}
	stars := w.starRows(t)
	w.mustRun(t, exit.Done, "withhold", person, "--reason", "asked us on the telephone")
	if rows := w.rowsAbout(t, person); rows != 0 {
		t.Errorf("%d rows are left at once", rows)
	}
	w.mustRun(t, exit.Done, "withhold", person, "--reason", "asked us again")
	if !strings.Contains(w.stdout, "was withheld already, and nothing of theirs was left to take out") {
		t.Errorf("a second withholding says %s", w.stdout)
	}
	w.holdsOneFewer(t, stars, person)
	w.isNotInFHIR(t, person)
	w.mustStillServe(t)
	w.mustRun(t, exit.Done, "explain", person)
	if !strings.Contains(w.stdout, "asked us on the telephone") || !strings.Contains(w.stdout, "the council has stopped sharing") {
		t.Errorf("explain does not tell of it: %s", w.stdout)
	}
	w.mustRun(t, exit.Quarantined, "run", "--as-at", asAt)
	if rows := w.rowsAbout(t, person); rows != 0 {
		t.Errorf("%d rows are back with the next run", rows)
	}
	if !w.published(t, "dim_person") {
		t.Error("the next run publishes no pseudonyms")
	}
	w.mustRun(t, exit.Done, "withhold", person, "--reason", "changed their mind", "--lift")
	w.mustRun(t, exit.Quarantined, "run", "--as-at", asAt)
	if rows := w.rowsAbout(t, person); rows != before {
		t.Errorf("after the lift %d rows, before %d", rows, before)
	}
	w.mustRun(t, exit.Done, "explain", person)
	for _, reason := range []string{"withheld by the council", "asked us on the telephone", "no longer withheld", "changed their mind"} {
		if !strings.Contains(w.stdout, reason) {
			t.Errorf("explain does not tell %q of a withholding that was lifted", reason)
		}
	}
}

// When the council stopped sharing is told by London's clock, and so in its place among what else is told.
func TestTheCouncilsWordIsToldByLondonsClock(t *testing.T) {
	person, other := int64(7), int64(8)
	at := time.Date(2026, 7, 1, 23, 30, 0, 0, time.UTC)
	found, err := snapshot.Stops([]audit.Entry{
		{At: at, Event: audit.Withheld, Person: &other},
		{At: at, Event: audit.Withheld, Person: &person}, {At: at.AddDate(0, 5, 0), Event: audit.Lifted, Person: &person},
	}, person)
	if err != nil || len(found) != 2 || found[0].At.Format(london.WallClock) != "2026-07-02T00:30:00" || found[1].At.Format(london.WallClock) != "2026-12-01T23:30:00" {
		t.Errorf("told %v (%v)", found, err)
	}
}

// Of whom a record could not be read, explain says that, and not that nobody knows them.
func TestAPersonInQuarantineIsExplained(t *testing.T) {
	t.Parallel()
	w := demo(t)
	found := w.query(t, fmt.Sprintf(`select key from read_parquet('%s') where table_name = 'dm_persons' limit 1`,
		filepath.Join(w.current(), "quarantine", "casestore", "part-0.parquet")))
	w.mustRun(t, exit.Done, "explain", found[0][0])
	if want := "dm_persons " + found[0][0] + " is in quarantine: gender, null in a required column"; !strings.Contains(w.stdout, want) {
		t.Errorf("explain does not say %q:\n%s", want, w.stdout)
	}
}

func TestWithholdingSomebodyUnknownSaysSo(t *testing.T) {
	t.Parallel()
	w := published(t)
	before := w.current()
	was, err := os.Readlink(before)
	if err != nil {
		t.Fatal(err)
	}
	w.mustRun(t, exit.WrongUsage, "withhold", "99", "--reason", "mistyped")
	if !strings.Contains(w.stderr, "nothing was changed") {
		t.Errorf("said %q", w.stderr)
	}
	if is, err := os.Readlink(before); err != nil || is != was {
		t.Errorf("the snapshot changed: %s, %v", is, err)
	}
	w.mustRun(t, exit.Done, "withhold", "--list")
	if !strings.Contains(w.stdout, "0 people manually withheld") {
		t.Errorf("said %q", w.stdout)
	}
	w.mustRun(t, exit.WrongUsage, "explain", "99")

	w.mustRun(t, exit.Done, "withhold", "99", "--reason", "not in Mosaic yet", "--unknown")
	w.mustRun(t, exit.Done, "withhold", "--list")
	if !strings.Contains(w.stdout, "99") || !strings.Contains(w.stdout, "not in Mosaic yet") {
		t.Errorf("said %q", w.stdout)
	}
}

// Each kind of file has one byte changed; the deep look finds each.
func TestOneFlippedByteIsFound(t *testing.T) {
	t.Parallel()
	w := published(t)
	var flipped int
	for _, path := range filesUnder(t, w.lake()) {
		if name := filepath.Base(path); name == "lock" || name == "fingerprint.key" { // with another key everybody is linked again
			continue
		}
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		content[len(content)/2] ^= 1
		mustWrite(t, path, content)
		if code := w.run("verify", "--read-data", "--config", w.config()); code == exit.Done {
			t.Errorf("a flipped byte in %s is not found", path)
		}
		content[len(content)/2] ^= 1
		mustWrite(t, path, content)
		flipped++
	}
	if flipped < 30 {
		t.Errorf("only %d files tried", flipped)
	}
	w.mustStillServe(t)
}

func mustWrite(t testing.TB, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func (w *world) mustRun(t *testing.T, code int, args ...string) {
	t.Helper()
	if got := w.run(append(args, "--config", w.config())...); got != code {
		t.Fatalf("%v ended with %d, want %d: %s", args, got, code, w.stderr)
	}
}

// starRows are how many rows each dataset of pseudonyms has.
func (w world) starRows(t *testing.T) map[string]int64 {
	t.Helper()
	rows := map[string]int64{}
	for _, d := range w.manifest(t).Datasets {
		if d.RowKey != "" {
			rows[d.Dataset] = d.Rows
		}
	}
	if len(rows) < 5 {
		t.Fatalf("only %d datasets of pseudonyms", len(rows))
	}
	return rows
}

// holdsOneFewer holds that the whole star is still there without one person, and without the rows that fewer than k people
// would share then: never more than k - 1 of dim_person beside the person's own.
func (w world) holdsOneFewer(t *testing.T, before map[string]int64, person string) {
	t.Helper()
	after := w.starRows(t)
	if gone := before["dim_person"] - after["dim_person"]; gone < 1 || gone > 8 {
		t.Errorf("%d people left dim_person", gone)
	}
	for dataset, rows := range before {
		if after[dataset] < rows/2 {
			t.Errorf("%s has %d rows left of %d", dataset, after[dataset], rows)
		}
	}
	for _, d := range w.manifest(t).Datasets {
		if d.RowKey == "" {
			continue
		}
		named := w.query(t, fmt.Sprintf("select count(*) from %s as shown semi join read_parquet(%s) as kept on kept.dataset = '%s' and kept.row_key = shown.%s",
			"read_parquet("+w.trusted(d.Audience, d.Dataset)+")", w.refined("int_bi_rows"), d.Dataset, d.RowKey))
		if named[0][0] != fmt.Sprint(d.Rows) {
			t.Errorf("%s has %d rows, and whose they are is kept of %s", d.Dataset, d.Rows, named[0][0])
		}
	}
	left := w.query(t, fmt.Sprintf("select count(*) from read_parquet(%s) where person_key = '%s'", w.refined("int_bi_rows"), w.pseudonym(t, person)))
	if left[0][0] != "0" {
		t.Errorf("%s rows of the person are left under pseudonyms", left[0][0])
	}
}

// pseudonym is a person's own in bi, by Go's HMAC.
func (w world) pseudonym(t *testing.T, person string) string {
	t.Helper()
	line, err := os.ReadFile(filepath.Join(w.folder, "keys", "bi.key"))
	if err != nil {
		t.Fatal(err)
	}
	_, secret, _ := strings.Cut(strings.TrimSpace(string(line)), " ")
	key, err := hex.DecodeString(secret)
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("bi:person:" + person))
	return hex.EncodeToString(mac.Sum(nil))[:32]
}

// isNotInFHIR reads the FHIR export of the current snapshot: nothing of it is the person's, and it says what was deleted.
func (w world) isNotInFHIR(t *testing.T, person string) {
	t.Helper()
	folder := filepath.Join(w.current(), "reports", "direct-care")
	for _, path := range filesUnder(t, folder) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		isDeletion := filepath.Base(path) == "deleted.ndjson"
		if names := strings.Contains(string(text), "Patient/"+person+`"`); names != isDeletion {
			t.Errorf("%s: names the withheld person: %v", filepath.Base(path), names)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, "deleted.ndjson")); err != nil {
		t.Error(err)
	}
}

package pipeline

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/unicode"

	"careshare/extract"
	"careshare/extract/casestore"
	"careshare/extract/cpis"
	"careshare/extract/inbox"
	"careshare/extract/optout"
	"careshare/extract/reference"
	"careshare/extract/trace"
	"careshare/load/agreement"
	"careshare/pipeline/config"
	"careshare/pipeline/exit"
	"careshare/pipeline/snapshot"
	"careshare/reports/returns"
)

// The canaries stand for a person's name and number. Whatever the file that holds them, no output may.
const (
	canaryName   = "Quincanary"
	canaryNumber = "9993339993"
)

var canaries = regexp.MustCompile(`(?i)quincanary|9993339993|q.u.i.n.c.a.n.a.r.y`)

// planted are ways to spoil a text, each with canaries in what is spoilt.
func planted() map[string]func(text string, random *rand.Rand) string {
	anywhere := func(text string, random *rand.Rand, what string) string {
		at := random.IntN(len(text) + 1)
		return text[:at] + what + text[at:]
	}
	firstLine := func(text, line string) string {
		_, rest, _ := strings.Cut(text, "\n")
		return line + "\n" + rest
	}
	header := func(text string) []string {
		line, _, _ := strings.Cut(text, "\n")
		return strings.Split(strings.TrimRight(line, "\r"), ",")
	}
	return map[string]func(string, *rand.Rand) string{
		"as it is, with names": func(s string, r *rand.Rand) string { return s },
		"no header":            func(s string, r *rand.Rand) string { _, rest, _ := strings.Cut(s, "\n"); return rest },
		"a row as header":      func(s string, r *rand.Rand) string { return firstLine(s, canaryName+","+canaryNumber+",1980-01-02") },
		"one more column": func(s string, r *rand.Rand) string {
			return firstLine(s, strings.Join(header(s), ",")+","+canaryName+" Smith")
		},
		"a column renamed": func(s string, r *rand.Rand) string {
			names := header(s)
			names[r.IntN(len(names))] = canaryName
			return firstLine(s, strings.Join(names, ","))
		},
		"two columns alike": func(s string, r *rand.Rand) string {
			return firstLine(s, strings.Join(header(s), ",")+","+canaryName+","+canaryName)
		},
		"CR line ends": func(s string, r *rand.Rand) string { return strings.ReplaceAll(s, "\n", "\r") },
		"semicolons":   func(s string, r *rand.Rand) string { return strings.ReplaceAll(s, ",", ";") },
		"tabs":         func(s string, r *rand.Rand) string { return strings.ReplaceAll(s, ",", "\t") },
		"UTF-16": func(s string, r *rand.Rand) string {
			u, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(s)
			return u
		},
		"UTF-16 without mark": func(s string, r *rand.Rand) string {
			u, _ := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String(s)
			return u
		},
		"Latin-1":           func(s string, r *rand.Rand) string { return anywhere(s, r, canaryName+"\xe9") },
		"zero bytes":        func(s string, r *rand.Rand) string { return anywhere(s, r, canaryName+"\x00\x00") },
		"an open quote":     func(s string, r *rand.Rand) string { return anywhere(s, r, `"`+canaryName) },
		"quotes everywhere": func(s string, r *rand.Rand) string { return strings.ReplaceAll(s, ",", `","`+canaryName) },
		"a name anywhere":   func(s string, r *rand.Rand) string { return anywhere(s, r, canaryName) },
		"a number anywhere": func(s string, r *rand.Rand) string { return anywhere(s, r, canaryNumber+canaryNumber) },
		"a key of JSON":     func(s string, r *rand.Rand) string { return anywhere(s, r, `,"`+canaryName+`":{"`+canaryNumber+`":1}`) },
		"a key of YAML":     func(s string, r *rand.Rand) string { return s + "\n" + canaryName + " Smith: " + canaryNumber + "\n" },
		"values swapped": func(s string, r *rand.Rand) string {
			return regexp.MustCompile(`"[^"]*":`).ReplaceAllString(s, `"`+canaryName+`":`)
		},
		"numbers as text": func(s string, r *rand.Rand) string {
			return regexp.MustCompile(`\b\d+\b`).ReplaceAllString(s, canaryName)
		},
		"texts as numbers": func(s string, r *rand.Rand) string {
			return regexp.MustCompile(`: *"[^"]*"`).ReplaceAllString(s, ":"+canaryNumber+".5")
		},
		"a tag": func(s string, r *rand.Rand) string {
			return strings.Replace(s, "</", "<"+canaryName+" x='"+canaryNumber+"'></", 1+r.IntN(3))
		},
		"an entity":    func(s string, r *rand.Rand) string { return anywhere(s, r, "&"+canaryName+";") },
		"cut off":      func(s string, r *rand.Rand) string { return canaryName + s[:len(s)/2] },
		"a long line":  func(s string, r *rand.Rand) string { return anywhere(s, r, strings.Repeat(canaryName, 200_000)) },
		"nothing else": func(s string, r *rand.Rand) string { return canaryName + " " + canaryNumber },
		"an archive":   func(s string, r *rand.Rand) string { return "PK\x03\x04" + canaryName + s },
		"a wrong gzip": func(s string, r *rand.Rand) string { return "\x1f\x8b\x08" + canaryName + s },
		"deep nesting": func(s string, r *rand.Rand) string { return strings.Repeat(`{"`+canaryName+`":[`, 200) + s },
		"a formula":    func(s string, r *rand.Rand) string { return strings.ReplaceAll(s, ",", ",=cmd|"+canaryName) },
		"a date": func(s string, r *rand.Rand) string {
			return regexp.MustCompile(`\d{4}-\d\d-\d\d`).ReplaceAllString(s, "2026-99-99"+canaryName)
		},
	}
}

// withNames puts canaries where the values of a text are, so that all that is spoilt afterwards holds some.
func withNames(text string) string {
	n := 0
	return regexp.MustCompile(`"(family|given|text|display|name|line|value)": ?("[^"]*")|,[A-Z][a-z]+,`).ReplaceAllStringFunc(text, func(s string) string {
		if n++; n%3 != 0 {
			return s
		}
		if strings.HasPrefix(s, ",") {
			return "," + canaryName + ","
		}
		return s[:strings.Index(s, ":")+1] + `"` + canaryName + `"`
	})
}

// feed is one file that the program reads, and how to have it read quickly; read returns what was said.
type feed struct {
	file  string // in the council's folder
	every int    // one way to spoil it in so many is tried: 1 tries all; more where reading takes long
	read  func(t *testing.T, w *world) string
}

// by carries out commands, whatever their exit codes.
func by(commands ...string) func(*testing.T, *world) string {
	return func(t *testing.T, w *world) (said string) {
		for i, command := range commands {
			args := strings.Fields(strings.ReplaceAll(command, "W/", w.folder+"/"))
			w.run(append(args, "--config", w.config(), fmt.Sprintf("--json=%t", (len(w.stdout)+i)%2 == 0))...) // text and JSON, by turns
			said += w.stdout + w.stderr
		}
		return said
	}
}

// tables reads a source as a run does: its errors, the columns that it names and where the rejects are go into output.
func tables(read func(w *world, to string, q *extract.Quarantine) ([]extract.Table, error)) func(*testing.T, *world) string {
	return func(t *testing.T, w *world) string {
		to := t.TempDir()
		q, err := extract.OpenQuarantine(filepath.Join(to, "q.parquet"), true)
		if err != nil {
			t.Fatal(err)
		}
		taken, err := read(w, to, q)
		said := fmt.Sprint(err, q.Most(99))
		for _, table := range taken {
			said += table.Name + strings.Join(table.Extra, " ")
		}
		_, _ = q.Close()
		return said
	}
}

func feeds() []feed {
	inboxed := func(read func(w *world, o inbox.Options) ([]extract.Table, error)) func(*testing.T, *world) string {
		return tables(func(w *world, to string, q *extract.Quarantine) ([]extract.Table, error) {
			return read(w, inbox.Options{To: to, Quarantine: q})
		})
	}
	calls := 0
	store := tables(func(w *world, to string, q *extract.Quarantine) ([]extract.Table, error) {
		o := casestore.Options{Kind: "csv", Location: filepath.Join(w.folder, "sources/case_store"), To: to, Quarantine: q, Spill: to, Connections: 1}
		if calls++; calls%3 != 0 { // the header decides most, and is quickly looked at
			return nil, casestore.Check(w.context(), o)
		}
		return casestore.Read(w.context(), o)
	})
	traced := inboxed(func(w *world, o inbox.Options) ([]extract.Table, error) {
		o.Folder = filepath.Join(w.folder, "sources/trace")
		return trace.Read(w.context(), o)
	})
	childProtection := inboxed(func(w *world, o inbox.Options) ([]extract.Table, error) {
		o.Folder = filepath.Join(w.folder, "sources/cpis")
		return cpis.Read(w.context(), o)
	})
	referred := inboxed(func(w *world, o inbox.Options) ([]extract.Table, error) {
		o.Folder = filepath.Join(w.folder, "sources/returns")
		return reference.Read(w.context(), o)
	})
	optedOut := inboxed(func(w *world, o inbox.Options) ([]extract.Table, error) {
		o.Folder = filepath.Join(w.folder, "sources/opt_out")
		return optout.Read(w.context(), o)
	})
	submitted := func(_ *testing.T, w *world) (said string) {
		file, err := os.Open(filepath.Join(w.folder, "submitted/header.csv"))
		if err != nil {
			return err.Error()
		}
		defer file.Close()
		for _, err := range returns.Rows(file, "header.csv", nil) {
			said += fmt.Sprintln(err)
		}
		return said
	}
	var contracts agreement.Contracts
	var terms agreement.Agreement
	keyed := func(_ *testing.T, w *world) string {
		c, err := config.Read(w.config())
		if err == nil && contracts == nil { // read once: the keys are looked at
			contracts, terms, err = config.ReadTerms(c)
		}
		if err != nil {
			return err.Error()
		}
		_, _, missing := config.WithKeys(c, terms, contracts)
		return fmt.Sprint(err, missing)
	}
	return []feed{
		{"sources/case_store/dm_persons.csv", 6, store}, {"sources/case_store/dm_addresses.csv", 6, store},
		{"sources/case_store/dm_cached_form_answers.csv", 6, store},
		{"sources/trace/inbox/trace-response-20261001-001.csv", 1, traced},
		{"sources/cpis/notifications/*.xml", 1, childProtection}, {"sources/cpis/acknowledgements/*.xml", 1, childProtection}, {"sources/cpis/inactive/i.xml", 1, childProtection},
		{"sources/opt_out/*.reply.dat", 1, optedOut}, {"sources/opt_out/*.request.dat", 1, optedOut},
		{"sources/returns/postcodes.csv", 1, referred}, {"sources/returns/social_workers.csv", 1, referred},
		{"sources/health/exchange/manifest.json", 2, by("flatten --view patient --in W/sources/health/exchange --out W/out/x.csv")},
		{"patient.ndjson", 2, by("flatten --view patient --in W/patient.ndjson --out W/out/y.csv")},
		{"view.json", 1, by("views W/view.json", "flatten --view W/view.json --in W/patient.ndjson --out W/out/z.csv")},
		{"careshare.yaml", 1, by("status", "schedule list")}, {"agreement.yaml", 3, by("datasets people")}, {"schedules.yaml", 1, by("schedule list")},
		{"holidays.csv", 1, by("schedule list --schedules W/with-holidays.yaml")},
		{"review.csv", 2, by("review import W/review.csv --by Auditor")},
		{"people.csv", 4, by("link --left W/people.csv --map full_name=name,date_of_birth=date --id person_id")},
		{"map.yaml", 4, by("link --left W/people.csv --map W/map.yaml")},
		{"decisions.csv", 4, by("link --left W/few.csv --map full_name=name,date_of_birth=date --id person_id --decisions W/decisions.csv")},
		{"proof.json", 1, by("verify --proof W/proof.json --root x")}, {"proved.csv", 1, by("verify --proof W/rows.json --file W/proved.csv")},
		{"submitted/header.csv", 1, submitted},
		{"keys/bi.key", 1, keyed},
		{"lake/audit/log.ndjson", 2, by("status", "verify")}, {"lake/audit/head.json", 2, by("status", "verify")}, {"lake/current/manifest.json", 1, by("status", "verify")},
	}
}

// prepared is a small council with every file that the feeds name.
func prepared(t *testing.T) world {
	t.Helper()
	w := small(t)
	now := time.Now()
	w.now = func() time.Time { return now }
	in := func(name string) string { return filepath.Join(w.folder, name) }
	for _, folder := range []string{"out", "submitted"} {
		if err := os.MkdirAll(in(folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	packed, err := gzip.NewReader(bytes.NewReader(mustRead(t, in("sources/health/exchange/Patient.0.ndjson.gz"))))
	if err != nil {
		t.Fatal(err)
	}
	var patients bytes.Buffer
	if _, err := patients.ReadFrom(packed); err != nil {
		t.Fatal(err)
	}
	inactive, err := os.ReadFile("../extract/cpis/testdata/inactive.xml")
	if err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{"sources/case_store/*.csv", "sources/trace/inbox/*.csv", "sources/returns/*.csv"} {
		found, err := filepath.Glob(in(pattern))
		if err != nil || len(found) == 0 {
			t.Fatal(pattern, err)
		}
		for _, path := range found {
			mustWrite(t, path, beginning(mustRead(t, path)))
		}
	}
	persons := mustRead(t, in("sources/case_store/dm_persons.csv"))
	view, err := os.ReadFile("../sql/views/patient.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"patient.ndjson": beginning(patients.Bytes()), "view.json": view, "people.csv": persons, "few.csv": persons, "sources/cpis/inactive/i.xml": inactive,
		"decisions.csv":      []byte("left_id,right_id,decision\n1,2,accept\n"),
		"review.csv":         []byte("person_id,nhs_number,decision\n1,9990000018,Accept\n"),
		"map.yaml":           []byte("id: person_id\nfields:\n  full_name: name\n  date_of_birth: date\n"),
		"holidays.csv":       mustRead(t, "../schedules/bank_holidays.csv"),
		"with-holidays.yaml": []byte("bank_holidays: holidays.csv\n" + string(mustRead(t, in("schedules.yaml")))),
		"proved.csv":         []byte("person_id,dataset\n1,Smith\n"),
	} {
		mustWrite(t, in(name), content)
	}
	w.mustRun(t, exit.Done, "prove", "disclosures", "--to", in("proof.json"))
	w.mustRun(t, exit.Done, "prove", snapshot.AuditName, "--to", in("rows.json"))
	headers, err := filepath.Glob(in("lake/current/reports/returns/903-2026/*.csv"))
	if err != nil || len(headers) == 0 {
		t.Fatal(headers, err)
	}
	mustWrite(t, in("submitted/header.csv"), mustRead(t, headers[0]))
	return w
}

// beginning is a file's first lines: enough to be spoilt, and quickly read.
func beginning(content []byte) []byte {
	lines := bytes.SplitAfter(content, []byte("\n"))
	return bytes.Join(lines[:min(len(lines), 20)], nil)
}

// Every kind of file, spoilt in every way, with a name and a number of a person in it: neither is said, by any command that reads
// the file, as text or as JSON, nor is it in the audit log.
func TestNoValueOfAPersonIsSaidWhateverTheFile(t *testing.T) {
	t.Parallel()
	w := prepared(t)
	ways := planted()
	inputs, held, turns := 0, 0, 0 // turns go on from file to file, so that every way is tried on one of them
	for _, f := range feeds() {
		found, err := filepath.Glob(filepath.Join(w.folder, f.file))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: no such file", f.file)
		}
		path := found[0]
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		for _, name := range slices.Sorted(maps.Keys(ways)) {
			if turns++; turns%f.every > 0 {
				continue
			}
			if f.file == "view.json" && name == "a name anywhere" {
				continue // within a path, which is its author's code and is quoted as that
			}
			spoilt := ways[name](withNames(string(whole)), rand.New(rand.NewPCG(1, uint64(len(name)))))
			mustWrite(t, path, []byte(spoilt))
			inputs++
			if canaries.MatchString(spoilt) {
				held++
			}
			said := f.read(t, &w)
			if at := canaries.FindStringIndex(said); at != nil {
				t.Errorf("%s, %s: said %.300q", f.file, name, said[max(0, at[0]-150):min(len(said), at[1]+50)])
			}
		}
		mustWrite(t, path, whole)
		t.Logf("%s: %v", f.file, time.Since(began).Round(time.Millisecond))
	}
	for _, path := range filesUnder(t, filepath.Join(w.lake(), "audit")) {
		if canaries.Match(mustRead(t, path)) {
			t.Errorf("%s holds a canary", path)
		}
	}
	if inputs < 500 || held < inputs/2 {
		t.Errorf("only %d inputs, of which %d hold a canary", inputs, held)
	}
	t.Logf("%d inputs, %d of them with canaries", inputs, held)
}

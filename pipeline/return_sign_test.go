package pipeline

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"careshare/load/audit"
	"careshare/load/disk"
	"careshare/load/lake"
	"careshare/pipeline/exit"
	"careshare/pipeline/returns"
)

// return903 is what one careshare return 903 of the year in progress says.
func (w world) return903(t *testing.T, more ...string) (said returns.Returned) {
	t.Helper()
	args := append([]string{"return", "903", "--config", w.config(), "--json", "--year", "2027"}, more...)
	if code := w.run(args...); code != exit.Done {
		t.Fatalf("return 903 ended with %d: %s", code, w.stderr)
	}
	if err := json.Unmarshal([]byte(w.stdout), &said); err != nil {
		t.Fatal(err)
	}
	return said
}

// The log says who stood by which files when, so that a file that was changed afterwards is told from the one that was signed.
func TestSignOffIsInTheLog(t *testing.T) {
	t.Parallel()
	w, to := published(t), t.TempDir() // the shared log stays as it is
	if code := w.run("return", "903", "--config", w.config(), "--year", "2027", "--to", to, "--sign-off"); code != exit.WrongUsage {
		t.Errorf("without --by it ended with %d: %s", code, w.stderr)
	}
	unlock := locked(t, w)
	if code := w.run("return", "903", "--config", w.config(), "--year", "2027", "--to", to, "--sign-off", "--by", "D", "--with-errors", "agreed"); code != exit.Locked {
		t.Errorf("beside another run it ended with %d: %s", code, w.stderr)
	}
	if err := unlock(); err != nil { // and the same folder will do
		t.Fatal(err)
	}
	if code := w.run("return", "903", "--config", w.config(), "--year", "2026/27", "--to", to, "--sign-off", "--by", "D"); code != exit.Failed || !strings.Contains(w.stderr, "not signed: the files have ") {
		t.Errorf("with open errors it ended with %d: %s", code, w.stderr)
	}
	if left, err := os.ReadDir(to); err != nil || len(left) > 0 {
		t.Errorf("%d files are there unsigned (%v)", len(left), err)
	}
	done := w.return903(t, "--to", to, "--sign-off", "--by", "Director of Children's Services", "--with-errors", "agreed with the department")
	signed := lastEntry(t, w)
	if signed.Event != audit.SignedOff || signed.By != "Director of Children's Services" || signed.At.IsZero() || signed.Run != done.Snapshot ||
		signed.Note != fmt.Sprintf("return 903-2027 as known on %s, with %d errors still open: agreed with the department", done.AsAt, done.Errors) || done.Errors < 2 {
		t.Errorf("the log says %+v", signed)
	}
	if len(signed.Files) < 10 || len(signed.Files) != len(done.Files) {
		t.Errorf("%d files handed over, %d signed", len(done.Files), len(signed.Files))
	}
	if code := w.run("verify", "--config", w.config()); code != exit.Done {
		t.Errorf("verify ended with %d: %s", code, w.stderr)
	}
	for name, is := range w.signed(t, to, exit.Done) {
		if is != "as_signed" {
			t.Errorf("%s, just signed, is %s", name, is)
		}
	}
	for _, file := range signed.Files { // what was signed is what the snapshot holds
		if sum, _, err := disk.HashFile(t.Context(), filepath.Join(w.current(), file.Path)); err != nil || sum != file.SHA256 {
			t.Errorf("%s in the snapshot is not the file that was signed (%v)", file.Path, err)
		}
	}
	flipByte(t, filepath.Join(to, "episodes.csv"))
	if err := os.Rename(filepath.Join(to, "uasc.csv"), filepath.Join(to, "uasc-new.csv")); err != nil {
		t.Fatal(err)
	}
	found := w.signed(t, to, exit.Failed)
	if !strings.Contains(w.stderr, "not as signed: 3 of 13") { // and not that the lake is damaged, which it is not
		t.Errorf("return --verify says %s", w.stderr)
	}
	for name, want := range map[string]string{"episodes.csv": "changed", "uasc.csv": "missing", "uasc-new.csv": "not_signed", "header.csv": "as_signed"} {
		if found[name] != want {
			t.Errorf("%s is %s, want %s", name, found[name], want)
		}
	}
	if code := w.run("return", "903", "--config", w.config(), "--year", "2026", "--verify", to); code != exit.Failed || !strings.Contains(w.stderr, "nobody has signed off return 903-2026") {
		t.Errorf("a year that nobody signed ended with %d: %s", code, w.stderr)
	}
}

// locked holds a world's lake as a run does.
func locked(t *testing.T, w world) (unlock func() error) {
	t.Helper()
	lake, err := lake.Open(w.lake(), time.Now)
	if err == nil {
		err = lake.Lock()
	}
	if err != nil {
		t.Fatal(err)
	}
	return lake.Unlock
}

// signed is what careshare return --verify says of each file of a folder.
func (w *world) signed(t *testing.T, folder string, want int) map[string]string {
	t.Helper()
	if code := w.run("return", "903", "--config", w.config(), "--json", "--year", "2027", "--verify", folder); code != want {
		t.Fatalf("return --verify ended with %d, want %d: %s", code, want, w.stderr)
	}
	var found returns.SignedFiles
	if err := json.Unmarshal([]byte(w.stdout), &found); err != nil {
		t.Fatal(err)
	}
	is := map[string]string{}
	for _, f := range found.Files {
		is[f.Name] = f.Is
	}
	return is
}

func flipByte(t *testing.T, path string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	content[len(content)/2] ^= 1
	mustWrite(t, path, content)
}

// lastEntry is the newest line of a world's audit log.
func lastEntry(t *testing.T, w world) (last audit.Entry) {
	t.Helper()
	log, err := os.Open(filepath.Join(w.lake(), "audit", "log.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	var line []byte
	for lines := bufio.NewScanner(log); lines.Scan(); {
		line = bytes.Clone(lines.Bytes())
	}
	if err := json.Unmarshal(line, &last); err != nil {
		t.Fatal(err)
	}
	return last
}

func counts(changes []returns.CountedChange) map[string]int64 {
	of := map[string]int64{}
	for _, c := range changes {
		of[c.Change] = c.Count
	}
	return of
}

// A return held against itself has no change; one child less, one more and one episode altered are told as just these.
func TestAgainstWhatWasSubmitted(t *testing.T) {
	t.Parallel()
	w, submitted := demo(t), t.TempDir()
	w.return903(t, "--to", submitted)
	if same := w.return903(t, "--to", t.TempDir(), "--against", submitted); len(same.Against) > 0 {
		t.Fatalf("against itself: %v", same.Against)
	}
	file := readTable(t, filepath.Join(submitted, "episodes.csv"))
	submitted = t.TempDir() // with the episodes alone: the other files know the child who is left out
	file.path = filepath.Join(submitted, "episodes.csv")
	lines := file.lines
	at := func(heading string) int { return slices.Index(lines[0], heading) }
	episodes, began := map[string]int{}, map[string]int{} // by child; began before the year
	for _, line := range lines[1:] {
		episodes[line[at("CHILD")]]++
		if day := line[at("DECOM")]; day[6:]+day[3:5] < "202604" {
			began[line[at("CHILD")]]++
		}
	}
	newcomer := slices.IndexFunc(lines[1:], func(line []string) bool { return episodes[line[at("CHILD")]] == 1 && began[line[at("CHILD")]] == 0 })
	altered := slices.IndexFunc(lines[1:], func(line []string) bool { return episodes[line[at("CHILD")]] == 1 && began[line[at("CHILD")]] == 1 })
	if newcomer < 0 || altered < 0 {
		t.Fatal("no child to leave out or to alter")
	}
	lines[1+altered][at("LS")] = "X9"
	gone := slices.Clone(lines[1+altered])
	gone[at("CHILD")], gone[at("DEC")], gone[at("REC")] = "of another council", "", ""
	lines[1+newcomer] = gone
	file.write(t)
	want := map[string]int64{"people added": 1, "people dropped who should still be told": 1, "episodes added": 1, "episodes altered": 1,
		"episodes dropped that should still be told": 1}
	if got := counts(w.return903(t, "--to", t.TempDir(), "--against", submitted).Against); !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// The year as it was known in June differs from the snapshot's by what began and what ended since: no child, episode or review does by anything else.
func TestChangesSinceTheLastSnapshot(t *testing.T) {
	t.Parallel()
	w := demo(t)
	dataset := func(name string) string {
		return filepath.Join(w.current(), "trusted", "returns", name, "*", "*", "*", "*", "part-0.parquet")
	}
	line := w.query(t, fmt.Sprintf(`with shown as (from read_parquet('%s') where collection_year = 2027)
		select (select count(*) from (select person_id from shown group by person_id having min(decom) > date '2026-06-15')),
			(select count(*) from shown where decom > date '2026-06-15'),
			(select count(*) from shown where decom <= date '2026-06-15' and dec > date '2026-06-15'),
			(select count(*) from read_parquet('%s') where collection_year = 2027 and review > date '2026-06-15')`,
		dataset("ssda903_episodes"), dataset("ssda903_reviews")))[0]
	want := map[string]int64{}
	for i, change := range []string{"child dropped", "episode dropped", "episode altered", "review dropped"} {
		var n int64
		if _, err := fmt.Sscan(line[i], &n); err != nil || n == 0 {
			t.Fatalf("no %s to look for: %v", change, line)
		}
		want[change] = n
	}
	said := w.return903(t, "--to", t.TempDir(), "--on", "2026-06-15", "--check")
	got := counts(said.Changes)
	maps.DeleteFunc(got, func(change string, _ int64) bool {
		what, _, _ := strings.Cut(change, " ")
		return !slices.Contains([]string{"child", "episode", "review"}, what)
	})
	if !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	var words strings.Builder
	said.Text(&words)
	if told := fmt.Sprintf("child dropped %d,", want["child dropped"]); !strings.Contains(words.String(), "Beside what the snapshot holds of the year: ") || !strings.Contains(words.String(), told) {
		t.Errorf("it says %s, want %s", words.String(), told)
	}
	if len(said.Files) != 1 || !inWorkbook(t, said.Files[0], "--check --to . --on 2026-06-15 --snapshot") {
		t.Errorf("%v do not say how to make this window again", said.Files)
	}
}

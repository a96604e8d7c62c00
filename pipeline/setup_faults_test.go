package pipeline

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"careshare/pipeline/command"
	"careshare/pipeline/exit"
)

// A configuration that is not one, or that would harm, is refused in under a second with words that name the fault.
func TestAWrongSetupIsRefusedQuickly(t *testing.T) {
	t.Parallel()
	w := small(t)
	replace := func(old, with string) func(string) string {
		return func(text string) string { return strings.Replace(text, old, with, 1) }
	}
	add := func(more string) func(string) string { return func(text string) string { return text + more } }
	attempts := func(count string) func(string) string {
		return func(text string) string {
			return regexp.MustCompile(`(?m)^    attempts: \d+`).ReplaceAllString(text, "    attempts: "+count)
		}
	}
	manyKeys := strings.Repeat("a", 4) + ":\n" + strings.Repeat("  k: 1\n", 200_000)
	for name, c := range map[string]struct {
		file   string
		change func(string) string
		args   string
		words  string
	}{
		"Latin-1":                {"careshare.yaml", add("# caf\xe9\n"), "status", "UTF-8"},
		"two documents":          {"careshare.yaml", add("---\nlake: other\n"), "status", "a second document"},
		"200,000 keys":           {"careshare.yaml", add(manyKeys), "status", "larger than 256 KB"},
		"200,000 aliases":        {"careshare.yaml", add("a: &a 1\nb: [" + strings.Repeat("*a,", 200_000) + "]\n"), "status", "larger than 256 KB"},
		"200 aliases":            {"careshare.yaml", add("a: &a 1\nb: [" + strings.Repeat("*a, ", 200) + "]\n"), "status", "more than 100 aliases"},
		"Latin-1 agreement":      {"agreement.yaml", add("# caf\xe9\n"), "datasets people", "UTF-8"},
		"two agreements":         {"agreement.yaml", add("---\nversion: 2\n"), "datasets people", "a second document"},
		"the lake is the disk":   {"careshare.yaml", replace("lake: lake ", "lake: / "), "status", "lake: is all of a disk"},
		"the lake in a source":   {"careshare.yaml", replace("lake: lake ", "lake: sources/cpis/lake "), "status", "lake: and cpis.folder are one inside the other"},
		"sources in the lake":    {"careshare.yaml", replace("lake: lake ", "lake: sources "), "status", "one inside the other"},
		"a bucket, no copy":      {"careshare.yaml", replace("lake: lake ", "lake: s3://hackney/lake # "), "status", "s3.copy: name the folder"},
		"a bucket in the clear":  {"careshare.yaml", replace("lake: lake ", "lake: s3://hackney/lake\ns3: {copy: copy, endpoint: 'http://s3.example.org'} # "), "status", "without TLS"},
		"s3 without a bucket":    {"careshare.yaml", replace("lake: lake ", "s3: {copy: copy}\nlake: lake "), "status", "s3: is set, and lake is no s3://bucket/prefix"},
		"a copy in a source":     {"careshare.yaml", replace("lake: lake ", "lake: s3://hackney/lake\ns3: {copy: sources/cpis/copy} # "), "status", "one inside the other"},
		"a source in a bucket":   {"careshare.yaml", replace("location: sources/case_store", "location: s3://hackney/case_store"), "status", "case_store.location: only a lake may be at s3:// yet"},
		"a ledger in a bucket":   {"careshare.yaml", replace("lake: lake ", "lake: s3://hackney/lake\ns3: {copy: copy} # "), "schedule list", "ledger: name a folder that is kept"},
		"a job's own -c":         {"schedules.yaml", replace("job: [run", "job: [run, -c, other.yaml"), "schedule list", "--config"},
		"a job's own --config":   {"schedules.yaml", replace("job: [run", "job: [run, --config=other.yaml"), "schedule list", "--config"},
		"a million attempts":     {"schedules.yaml", attempts("1000000"), "schedule list", "attempts: must be between 1 and 100"},
		"less than no attempt":   {"schedules.yaml", attempts("-1"), "schedule list", "attempts: must be between 1 and 100"},
		"attempts beyond an int": {"schedules.yaml", attempts("99999999999999999999"), "schedule list", "attempts: must be a smaller number"},
	} {
		path := filepath.Join(w.folder, c.file)
		whole := mustRead(t, path)
		changed := c.change(string(whole))
		if changed == string(whole) {
			t.Fatalf("%s: nothing was changed in %s", name, c.file)
		}
		mustWrite(t, path, []byte(changed))
		began := time.Now()
		code := w.run(append(strings.Fields(c.args), "--config", w.config())...)
		if code == exit.Done || !strings.Contains(w.stdout+w.stderr, c.words) || len(w.stderr) > 2000 {
			t.Errorf("%s: ended with %d, want the words %q: %.500s%.500s", name, code, c.words, w.stdout, w.stderr)
		}
		if took := time.Since(began); took > 5*time.Second { // under 0.1 s; the race detector and busy machines are slow
			t.Errorf("%s: refused after %v", name, took)
		}
		mustWrite(t, path, whole)
	}
}

// A copy that followed the link has made a folder of current: no command takes it for a snapshot.
func TestCurrentIsAFolder(t *testing.T) {
	t.Parallel()
	w := small(t)
	target, err := filepath.EvalSymlinks(w.current())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(w.current()), os.CopyFS(w.current(), os.DirFS(target))); err != nil {
		t.Fatal(err)
	}
	for _, args := range []string{"status", "verify", "run --as-at " + asAt, "prune", "withhold " + w.anyone(t) + " --reason x"} {
		code := w.run(append(strings.Fields(args), "--config", w.config())...)
		if code == exit.Done || !strings.Contains(w.stdout+w.stderr, "it is a copy, not a link") {
			t.Errorf("%s: ended with %d: %.500s%.500s", args, code, w.stdout, w.stderr)
		}
	}
}

// fullWriter is a standard output that takes some bytes and no more, as a full disk or a reader that has gone.
type fullWriter struct{ room int }

func (f *fullWriter) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errors.New("no space left on device")
	}
	return len(p), nil
}

// A result that cannot be printed, or only in part, has failed.
func TestAResultThatCannotBePrintedFails(t *testing.T) {
	t.Parallel()
	w := small(t)
	for _, args := range []string{"status", "status --json", "datasets", "schedule list", "verify --json"} {
		for _, room := range []int{0, 20} {
			var stderr strings.Builder
			code := command.Run(context.Background(), time.Now, append(strings.Fields(args), "--config", w.config()), strings.NewReader(""), &fullWriter{room}, &stderr)
			if code != exit.Failed || !strings.Contains(stderr.String(), "print result: no space left") {
				t.Errorf("%s with room for %d bytes: ended with %d: %s", args, room, code, stderr.String())
			}
		}
	}
}

// A sign-off that the log cannot record leaves no file that somebody might submit.
func TestASignOffThatFailsLeavesNoFile(t *testing.T) {
	t.Parallel()
	w := small(t)
	to, inTheWay := filepath.Join(t.TempDir(), "out"), filepath.Join(w.lake(), "audit", "head.json.next")
	if err := os.Mkdir(inTheWay, 0o700); err != nil {
		t.Fatal(err)
	}
	sign := []string{"return", "cin", "--sign-off", "--by", "Auditor", "--with-errors", "agreed", "--to", to, "--config", w.config()}
	if code := w.run(sign...); code != exit.Failed {
		t.Errorf("ended with %d: %s", code, w.stderr)
	}
	if left := filesUnder(t, filepath.Dir(to)); len(left) > 0 {
		t.Errorf("left unsigned: %v", left)
	}
	if err := os.Remove(inTheWay); err != nil {
		t.Fatal(err)
	}
	w.mustRun(t, exit.Done, sign[:len(sign)-2]...)
	if left := filesUnder(t, to); len(left) == 0 {
		t.Error("with a log again, nothing was handed over")
	}
}

// A folder for temporary files that is full or missing is refused before anything is read.
func TestNoRoomForTemporaryFiles(t *testing.T) {
	t.Parallel()
	w := small(t)
	for name, folder := range map[string]string{"full": smallDisk(t, "16k"), "missing": filepath.Join(w.folder, "nowhere")} {
		program := exec.Command("careshare", "status", "--config", w.config())
		program.Env = append(os.Environ(), "TMPDIR="+folder)
		said, err := program.CombinedOutput()
		if err == nil || !strings.Contains(string(said), "use the folder for temporary files") || !strings.Contains(string(said), "hint: free space there") {
			t.Errorf("%s: %v: %s", name, err, said)
		}
		if left, _ := os.ReadDir(folder); len(left) > 0 {
			t.Errorf("%s: left %v", name, left)
		}
	}
}

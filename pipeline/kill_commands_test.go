package pipeline

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"careshare/load/disk"
	"careshare/load/lake"
	"careshare/pipeline/exit"
)

// Any command that writes is killed at any moment beside a reader. The reader never sees a torn snapshot, no entry of the log is
// lost, and the next start of a command that writes leaves nothing behind. KILLS asks for more than one of each command.
func TestKilledCommandsBesideAReader(t *testing.T) {
	t.Parallel()
	w, temp, to := small(t), t.TempDir(), filepath.Join(t.TempDir(), "out")
	w.edit(t, "contact_roles:  ", "witness:\n  key_file: keys/witness.key\n  folder: witness\ncontact_roles:  ")
	w.mustRun(t, exit.Done, "witness", "--new-key")
	person := w.anyone(t)
	commands := [][]string{
		{"run", "--as-at", asAt}, {"withhold", person, "--reason", "x"}, {"withhold", person, "--reason", "x", "--lift"},
		{"return", "cin", "--sign-off", "--by", "A", "--with-errors", "a test", "--to", to}, {"prune"}, {"witness"},
	}
	start := func(args []string) *exec.Cmd {
		command := exec.Command(program("careshare"), append(args, "--config", w.config())...)
		command.Env = append(os.Environ(), "TMPDIR="+temp)
		return command
	}
	took := make([]time.Duration, len(commands))
	for i, args := range commands {
		began := time.Now()
		command := start(args)
		if said, err := command.CombinedOutput(); err != nil && command.ProcessState.ExitCode() != exit.Quarantined {
			t.Fatalf("%v: %v: %s", args, err, said)
		}
		took[i] = time.Since(began)
	}
	var stop atomic.Bool
	read := make(chan error, 1)
	go func() { read <- w.readUntil(t, &stop) }()
	random := rand.New(rand.NewPCG(1, 3))
	count := len(commands)
	if os.Getenv("KILLS") != "" {
		count = kills(t)
	}
	var known []byte
	for i := range count {
		at := i % len(commands)
		_ = os.RemoveAll(to)
		command := start(commands[at])
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.Float64() * 1.1 * float64(took[at])))
		_ = command.Process.Kill()
		_ = command.Wait()
		known = w.logHolds(t, known, fmt.Sprintf("kill %d, of %s", i, commands[at][0]))
	}
	stop.Store(true)
	if err := <-read; err != nil {
		t.Error(err)
	}
	killed := start(commands[0]) // a run that has read health records, so that something is there to sweep
	if err := killed.Start(); err != nil {
		t.Fatal(err)
	}
	for left := []string(nil); len(left) == 0; time.Sleep(time.Millisecond) {
		left, _ = filepath.Glob(filepath.Join(w.lake(), "runs", "*", "private", "*"))
	}
	_ = killed.Process.Kill()
	_ = killed.Wait()
	if said, err := start(commands[1]).CombinedOutput(); err != nil {
		t.Errorf("the next start: %v: %s", err, said)
	}
	w.logHolds(t, known, "the next start")
	for _, pattern := range []string{temp + "/*/*", w.lake() + "/runs/*", w.lake() + "/snapshots/.*", w.lake() + "/*.next"} {
		if left, _ := filepath.Glob(pattern); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
	w.mustStillServe(t)
}

// logHolds says whether the log still holds the entries that were known, and returns those that it holds now.
func (w world) logHolds(t *testing.T, known []byte, when string) []byte {
	t.Helper()
	log := mustRead(t, filepath.Join(w.lake(), "audit", "log.ndjson"))
	if !bytes.HasPrefix(log, known) {
		t.Fatalf("%s: entries of the log are lost", when)
	}
	return log[:bytes.LastIndexByte(log, '\n')+1]
}

// readUntil is a reader: again and again it counts the rows of what is shared and checks every file of the current snapshot
// against its manifest.
func (w world) readUntil(t *testing.T, stop *atomic.Bool) error {
	for !stop.Load() {
		folder, err := filepath.EvalSymlinks(w.current())
		if err != nil {
			return err
		}
		var manifest lake.Manifest
		if err := json.Unmarshal(mustRead(t, filepath.Join(folder, "manifest.json")), &manifest); err != nil {
			return err
		}
		for _, output := range manifest.Outputs {
			path := filepath.Join(folder, output.Path)
			if sum, _, err := disk.HashFile(t.Context(), path); err != nil || sum != output.SHA256 {
				return fmt.Errorf("%s is not what the manifest says (%v)", output.Path, err)
			}
			if !strings.Contains(output.Path, "direct-care/people/") {
				continue
			}
			if rows := w.query(t, "select count(*) from read_parquet("+quoted(path)+")"); rows[0][0] != fmt.Sprint(*output.Rows) {
				return fmt.Errorf("%s has %s rows, the manifest says %d", output.Path, rows[0][0], *output.Rows)
			}
		}
	}
	return nil
}

func quoted(path string) string { return "'" + strings.ReplaceAll(path, "'", "''") + "'" }

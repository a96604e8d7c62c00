package pipeline

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"careshare/pipeline/exit"
)

// kills is how many runs are killed at random moments, beside one at every step: KILLS for a longer proof.
func kills(t *testing.T) int {
	count, err := strconv.Atoi(cmp.Or(os.Getenv("KILLS"), "12"))
	if err != nil {
		t.Fatalf("KILLS: %v", err)
	}
	return count
}

// A reader sees the old snapshot or the new one, whole, whenever the process is killed; and the next run starts clean.
func TestKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	w := small(t)
	steps, took := runToTheEnd(t, w)
	t.Logf("a run has %d steps and takes %v", len(steps), took.Round(time.Millisecond))
	if len(steps) < 8 {
		t.Fatalf("only these steps are told: %v", steps)
	}
	for i, step := range steps {
		killed(t, w, fmt.Sprintf("at step %d, %s", i, step), func(lines *bufio.Scanner) {
			for seen := -1; seen < i && lines.Scan(); {
				if isStep(lines.Text()) {
					seen++
				}
			}
		})
	}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range kills(t) {
		after := time.Duration(random.Float64() * 1.1 * float64(took))
		killed(t, w, fmt.Sprintf("%d, after %v", i, after.Round(time.Millisecond)), func(*bufio.Scanner) { time.Sleep(after) })
	}
	runToTheEnd(t, w)
	twin := small(t) // never killed; its second run knows of a first, as the last one here does
	runToTheEnd(t, twin)
	sameFiles(t, twin.current(), w.current())
}

// runToTheEnd returns the steps that a run tells of and how long it takes.
func runToTheEnd(t *testing.T, w world) (steps []string, took time.Duration) {
	t.Helper()
	began := time.Now()
	command := exec.Command(program("careshare"), "run", "--progress", "--config", w.config(), "--as-at", asAt)
	var stderr strings.Builder
	command.Stderr = &stderr
	if err := command.Run(); err != nil && command.ProcessState.ExitCode() != exit.Quarantined {
		t.Fatalf("run: %v: %s", err, stderr.String())
	}
	for line := range strings.Lines(stderr.String()) {
		if isStep(line) {
			steps = append(steps, strings.TrimSpace(line))
		}
	}
	return steps, time.Since(began)
}

func isStep(line string) bool { return strings.HasSuffix(strings.TrimSpace(line), "…") }

// killed starts a run, waits for its moment, kills it with no chance to tidy up, and looks at what readers see.
func killed(t *testing.T, w world, when string, wait func(*bufio.Scanner)) {
	t.Helper()
	command := exec.Command(program("careshare"), "run", "--progress", "--config", w.config(), "--as-at", asAt)
	stderr, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	wait(bufio.NewScanner(stderr))
	_ = command.Process.Kill()
	_, _ = io.Copy(io.Discard, stderr)
	_ = command.Wait()
	// Readers first, before anything could mend it: every file is what its manifest says.
	manifest := w.manifest(t)
	found := hashes(t, w.current())
	for _, output := range manifest.Outputs {
		if found[output.Path] != output.SHA256 {
			t.Fatalf("killed %s: %s is not what the manifest says", when, output.Path)
		}
	}
	if len(found) != len(manifest.Outputs)+1 {
		t.Fatalf("killed %s: %d files, the manifest names %d", when, len(found), len(manifest.Outputs))
	}
}

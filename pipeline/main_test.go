package pipeline

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"careshare/pipeline/borough"
	"careshare/pipeline/exit"
	"careshare/pipeline/scratch"
	"careshare/sql"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the test binary answer to the name careshare too. It starts the plain program where that was built.
func TestMain(m *testing.M) {
	testscript.Main(tidy{m}, map[string]func(){
		"careshare": func() {
			if program := filepath.Join(os.Getenv("CARESHARE_PROGRAMS"), "careshare"); filepath.IsAbs(program) {
				panic(syscall.Exec(program, append([]string{program}, os.Args[1:]...), os.Environ()))
			}
			os.Exit(Main(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
		},
	})
}

// tidy removes what all tests shared, when the last has ended.
type tidy struct{ *testing.M }

func (m tidy) Run() int {
	// One folder for temporary files until the last test has ended: a command line in this process would take it from programs
	// that another test has started.
	if leave, err := scratch.Enter(); err == nil {
		defer leave()
		_ = os.Chmod(os.TempDir(), 0o711) // the PostgreSQL server has a user of its own
	}
	code := m.M.Run()
	for _, folder := range shared.folders {
		_ = os.RemoveAll(folder)
	}
	return code
}

// shared are the folders that outlive the test that made them.
var shared struct {
	sync.Mutex
	folders []string
}

// outlives makes a folder that is kept until the last test has ended.
func outlives(name string) (folder string, err error) {
	folder, err = os.MkdirTemp("", name)
	shared.Lock()
	defer shared.Unlock()
	shared.folders = append(shared.folders, folder)
	return folder, err
}

// environment sets a variable that only one test reads, since t.Setenv is not for tests that run in parallel.
func environment(t *testing.T, name, value string) {
	t.Helper()
	if err := os.Setenv(name, value); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Unsetenv(name) })
}

// programs is a folder with the program as its users get it, without the race detector, built once: careshare, and
// careshare-at, whose first argument is the moment at which its clock stands. Whole runs start it; TestARunIsFreeOfRaces
// carries one out under the race detector.
var programs = sync.OnceValues(func() (string, error) {
	folder, err := outlives("careshare-programs")
	if err != nil {
		return "", err
	}
	said, err := exec.Command("go", "build", "-tags=duckdb_arrow", "-o", filepath.Join(folder, "careshare"), "./testdata/careshare").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build: %w: %s", err, said)
	}
	if err := os.Setenv("CARESHARE_PROGRAMS", folder); err != nil {
		return "", err
	}
	return folder, os.Symlink("careshare", filepath.Join(folder, "careshare-at"))
})

// program is the path of one of them.
func program(name string) string {
	folder, err := programs()
	if err != nil {
		panic(err)
	}
	return filepath.Join(folder, name)
}

// boroughSize is small enough for the race detector and large enough for every scenario of the generator.
const boroughSize = 2800

var asAt = borough.DefaultAsAt().Format(time.RFC3339)

// world is a borough and what one run made of it.
type world struct {
	folder string           // sources, careshare.yaml, agreement.yaml, lake
	now    func() time.Time // nil: the clock of the machine
	stdout string
	stderr string
}

// theDemo is the demo borough and its published snapshot, made once; tests only read it.
var theDemo = sync.OnceValues(func() (world, error) {
	folder, err := outlives("careshare-demo")
	if err != nil {
		return world{}, err
	}
	w := world{folder: folder}
	code := w.run("demo", "--people", fmt.Sprint(boroughSize), "--to", folder)
	if code != exit.Done {
		return world{}, fmt.Errorf("demo ended with %d: %s", code, w.stderr)
	}
	return w, nil
})

func demo(t *testing.T) world {
	t.Helper()
	w, err := theDemo()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w world) context() context.Context { return context.Background() }

// run carries out one command line by the plain program, and keeps what it printed.
func (w *world) run(args ...string) int {
	name := program("careshare")
	if w.now != nil {
		name, args = program("careshare-at"), append([]string{w.now().UTC().Format(time.RFC3339Nano)}, args...)
	}
	cmd := exec.Command(name, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	w.stdout, w.stderr = stdout.String(), stderr.String()
	if ended := (*exec.ExitError)(nil); err != nil && !errors.As(err, &ended) {
		panic(err)
	}
	return cmd.ProcessState.ExitCode()
}

// makeBorough makes a borough by the plain program.
func makeBorough(t testing.TB, o borough.Options) {
	t.Helper()
	args := []string{"borough", "--people", fmt.Sprint(o.People), "--seed", fmt.Sprint(o.Seed), "--as-at", o.AsAt.Format(time.RFC3339), fmt.Sprintf("--errors=%v", o.Errors)}
	if strings.HasPrefix(o.CaseStore, "postgres://") {
		args = append(args, "--to", o.CaseStore, "--files", o.To)
	} else {
		args = append(args, "--to", o.To, "--format", cmp.Or(o.CaseStore, "duckdb"))
	}
	var w world
	if code := w.run(args...); code != exit.Done {
		t.Fatalf("borough ended with %d: %s", code, w.stderr)
	}
}

// runHere carries out one command line in this process, under the race detector where the tests are.
func (w *world) runHere(args ...string) int {
	var stdout, stderr bytes.Buffer
	code := Main(context.Background(), args, strings.NewReader(""), &stdout, &stderr)
	w.stdout, w.stderr = stdout.String(), stderr.String()
	return code
}

func (w world) config() string { return filepath.Join(w.folder, "careshare.yaml") }
func (w world) lake() string   { return filepath.Join(w.folder, "lake") }
func (w world) current() string {
	return filepath.Join(w.lake(), "current")
}

// copyOf is another world of the same sources and configuration with a lake of its own, empty but for the key of the fingerprints.
func (w world) copyOf(t testing.TB) world {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"careshare.yaml", "agreement.yaml"} {
		content, err := os.ReadFile(filepath.Join(w.folder, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"sources", "keys"} {
		if err := os.Symlink(filepath.Join(w.folder, name), filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	copied := world{folder: folder, now: w.now}
	if key, err := os.ReadFile(filepath.Join(w.lake(), "fingerprint.key")); err == nil { // an input too
		if err := os.Mkdir(copied.lake(), 0o700); err != nil {
			t.Fatal(err)
		}
		mustWrite(t, filepath.Join(copied.lake(), "fingerprint.key"), key)
	}
	return copied
}

// query opens an engine over a world and runs one query there; paths in it are formatted in by the test.
func (w world) query(t testing.TB, query string) [][]string {
	t.Helper()
	db, err := sql.Open(t.Context(), sql.Options{Memory: "1GB", Threads: 2, Spill: t.TempDir(), Allow: []string{w.folder}})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var all [][]string
	for rows.Next() {
		cells := make([]any, len(columns))
		for i := range cells {
			cells[i] = new(any)
		}
		if err := rows.Scan(cells...); err != nil {
			t.Fatal(err)
		}
		line := make([]string, len(columns))
		for i, cell := range cells {
			line[i] = fmt.Sprint(*cell.(*any))
		}
		all = append(all, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

package pipeline

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"careshare/pipeline/exit"

	"github.com/rogpeppe/go-internal/testscript"
)

// The command line as its users type it; a new case is a file in testdata/script.
func TestScripts(t *testing.T) {
	t.Parallel()
	w := demo(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("DEMO", w.folder)
			env.Setenv("CARESHARE_PROGRAMS", filepath.Dir(program("careshare")))
			env.Setenv("AS_AT", asAt)
			return nil
		},
	})
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	var w world
	for _, test := range []struct {
		args []string
		code int
	}{
		{[]string{"--help"}, exit.Done},
		{[]string{"nonsense"}, exit.WrongUsage},
		{[]string{"run", "--nonsense"}, exit.WrongUsage},
		{[]string{"run", "stray"}, exit.WrongUsage},
		{[]string{"run", "--config", "/nowhere.yaml"}, exit.WrongUsage},
		{[]string{"explain", "Surname"}, exit.WrongUsage},
	} {
		if code := w.run(test.args...); code != test.code {
			t.Errorf("%v ended with %d, want %d: %s", test.args, code, test.code, w.stderr)
		}
	}
}

var update = flag.Bool("update", false, "rewrite testdata/make_run.txt")

// The demo prints testdata/make_run.txt, to the figure, and README.md shows lines of it in the same order.
func TestTheReadmeShowsWhatMakeRunPrints(t *testing.T) {
	t.Parallel()
	w, golden := demo(t), "testdata/make_run.txt"
	printed := w.stdout[strings.Index(w.stdout, "As at "):]
	printed = strings.ReplaceAll(printed, w.folder, "…/demo")
	if *update {
		if err := os.WriteFile(golden, []byte(printed), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want := readText(t, golden)
	if printed != want {
		t.Errorf("%s holds\n%s\nand careshare demo prints\n%s", golden, want, printed)
	}
	_, after, _ := strings.Cut(readText(t, "../README.md"), "`make run` prints, among other lines:\n\n```\n")
	shown, _, found := strings.Cut(after, "```")
	if !found || strings.Count(shown, "\n") < 5 {
		t.Fatalf("README.md shows too little of make run: %q", shown)
	}
	rest := "\n" + want
	for line := range strings.Lines(shown) {
		if line == "...\n" {
			continue
		}
		if _, rest, found = strings.Cut(rest, "\n"+line); !found {
			t.Errorf("README.md shows a line that careshare demo does not print in this place: %s", line)
		}
		rest = "\n" + rest
	}
}

func readText(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

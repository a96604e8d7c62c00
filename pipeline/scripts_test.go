package pipeline

import (
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

// What the README shows of make run is what it prints, to the figure.
func TestTheReadmeShowsWhatMakeRunPrints(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(readme), "`make run` ends with\n\n```\n")
	shown, _, found := strings.Cut(after, "```")
	w := demo(t)
	printed := strings.ReplaceAll(w.stdout, w.folder, "…/demo")
	if !found || !strings.HasSuffix(printed, shown) {
		t.Errorf("the README shows\n%s\nand careshare demo prints\n%s", shown, printed)
	}
}

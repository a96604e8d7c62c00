package pipeline

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// What make test says at its end: what failed, what was left out, and how to install what was missing.
func TestMakeTestSaysWhatItCouldNotRun(t *testing.T) {
	t.Parallel()
	passed := `{"Action":"pass","Package":"p","Test":"TestA"}` + "\n" + `{"Action":"pass","Package":"p","Elapsed":1}` + "\n"
	skipped := `{"Action":"output","Package":"p","Test":"TestB","Output":"    b_test.go:9: SKIPPED: no browser\n"}` + "\n" +
		`{"Action":"skip","Package":"p","Test":"TestB"}` + "\n"
	failed := `{"Action":"output","Package":"p","Test":"TestC","Output":"    c_test.go:9: wrong\n"}` + "\n" +
		`{"Action":"fail","Package":"p","Test":"TestC"}` + "\n"
	for name, c := range map[string]struct {
		events, missing, ci string
		code                int
		want                string
	}{
		"all passed":          {passed, "", "true", 0, "ok   p 1.0 s"},
		"one failed":          {passed + failed, "", "", 1, "c_test.go:9: wrong"},
		"left out":            {passed + skipped, "chromium", "", 0, "apt-get install -y --no-install-recommends chromium"},
		"left out, in CI":     {passed + skipped, "", "true", 1, "p TestB: no browser"},
		"not installed in CI": {passed, "chromium", "true", 1, "nothing may be left out"},
		"does not build":      {`{"Action":"build-output","ImportPath":"p","Output":"x.go:1: broken\n"}` + "\n" + `{"Action":"build-fail","ImportPath":"p"}`, "", "", 1, "x.go:1: broken"},
	} {
		command := exec.Command("go", "run", "../.ci/report.go", c.missing)
		command.Stdin, command.Env = strings.NewReader(c.events), append(os.Environ(), "CI="+c.ci)
		said, err := command.CombinedOutput()
		if (err != nil) != (c.code != 0) || !strings.Contains(string(said), c.want) {
			t.Errorf("%s: ended with %v: %s", name, err, said)
		}
	}
}

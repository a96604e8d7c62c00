//go:build ignore

// Report prints what `go test -json` says as a person reads it: each package's result, the output of what failed, and at
// the end, in one place, what was not run and the command that installs what was missing. It ends with 1 where a test
// failed, and with CI=true also where a program was missing.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
)

// event is a line of go test -json.
type event struct {
	Action, Package, ImportPath, Test, Output string
	Elapsed                                   float64
}

// wanting is how a test begins its reason when a program is missing.
var wanting = regexp.MustCompile(`(SKIPPED|NOT TESTED): (.*)`)

func main() {
	missing := strings.Fields(strings.Join(os.Args[1:], " "))
	output := map[string][]string{} // by package and test
	var skipped, leftOut []string
	failed := false
	counts := map[string]int{} // of tests, by how they ended
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<26)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Println(lines.Text()) // what the go command itself says
			continue
		}
		if e.Test != "" {
			counts[e.Action]++
		}
		of := e.Package + e.ImportPath + " " + e.Test
		switch e.Action {
		case "output", "build-output":
			if e.Action == "build-output" || e.Test == "" && strings.HasPrefix(e.Output, "-test.shuffle") {
				fmt.Print(e.Output)
			}
			output[of] = append(output[of], e.Output)
		case "fail", "build-fail":
			failed = true
			fmt.Print(strings.Join(output[of], ""))
			fmt.Printf("FAIL %s (%.1f s)\n", of, e.Elapsed)
		case "skip":
			if e.Test == "" {
				break // no test files
			}
			said := strings.Join(output[of], "")
			if reason := wanting.FindStringSubmatch(said); reason != nil {
				leftOut = append(leftOut, of+": "+strings.TrimSpace(reason[2]))
			} else {
				skipped = append(skipped, of+": "+reasonIn(said))
			}
		case "pass":
			if e.Test == "" {
				fmt.Printf("ok   %s %.1f s\n", e.Package, e.Elapsed)
			}
		}
		if e.Action == "pass" || e.Action == "skip" {
			delete(output, of)
		}
	}
	list("Not run by design, or for want of data that the repository does not hold", skipped)
	list("NOT RUN, for want of a program", leftOut)
	if len(missing) > 0 {
		fmt.Printf("\nInstall what is missing, then run make test again:\n  sudo apt-get install -y --no-install-recommends %s\n", strings.Join(missing, " "))
	}
	strict := os.Getenv("CI") == "true" && (len(leftOut) > 0 || len(missing) > 0)
	if strict {
		fmt.Println("\nCI=true: nothing may be left out.")
	}
	fmt.Printf("\n%d passed, %d failed, %d skipped\n", counts["pass"], counts["fail"], counts["skip"])
	if failed || strict || lines.Err() != nil {
		os.Exit(1)
	}
}

// reasonIn is the last line that a test printed before it was skipped.
func reasonIn(said string) string {
	reason := ""
	for line := range strings.Lines(said) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "---") && !strings.HasPrefix(line, "===") {
			reason = line
		}
	}
	return reason
}

func list(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Printf("\n%s (%d):\n", title, len(lines))
	for _, line := range lines {
		fmt.Println(" ", line)
	}
}

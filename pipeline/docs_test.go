package pipeline

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"careshare/pipeline/exit"
)

// documents are the READMEs of the repository, by path.
func documents(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, pattern := range []string{"../README.md", "../*/README.md", "../*/*/README.md"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			texts[strings.TrimPrefix(path, "../")] = readText(t, path)
		}
	}
	if len(texts) < 10 {
		t.Fatalf("only %d documents were found", len(texts))
	}
	return texts
}

// commandLines are the lines of a document that start careshare, in code and between backticks, without their comments.
func commandLines(text string) (lines []string) {
	for _, found := range regexp.MustCompile("(?m)(?:^|`)(bin/careshare [^`\n]*)").FindAllStringSubmatch(text, -1) {
		line, _, _ := strings.Cut(found[1], "  #")
		line, _, _ = strings.Cut(line, " | ")
		lines = append(lines, strings.TrimSpace(line))
	}
	return lines
}

// Each command that a document shows is there, with each flag.
func TestCommandsOfDocumentsExist(t *testing.T) {
	var w world
	help := map[string]string{}
	helpOf := func(words ...string) string {
		name := strings.Join(words, " ")
		if _, known := help[name]; !known {
			if code := w.runHere(append(slices.Clone(words), "--help")...); code != exit.Done {
				w.stdout = ""
			}
			help[name] = w.stdout
		}
		return help[name]
	}
	lines := 0
	for path, text := range documents(t) {
		for _, line := range commandLines(text) {
			if strings.Contains(line, "COMMAND") {
				continue // of any command
			}
			lines++
			if wrong := wrongCommand(helpOf, line); wrong != "" {
				t.Errorf("%s shows %q: %s", path, line, wrong)
			}
		}
	}
	if lines < 50 {
		t.Errorf("only %d command lines were read", lines)
	}
	for _, line := range []string{"bin/careshare nonsense", "bin/careshare schedule nonsense", "bin/careshare run --nonsense"} {
		if wrongCommand(helpOf, line) == "" {
			t.Errorf("%q passes", line)
		}
	}
}

// wrongCommand says what is wrong with a command line: an unknown command, or a flag that its help does not have.
func wrongCommand(helpOf func(...string) string, line string) string {
	quoted := regexp.MustCompile(`"[^"]*"|'[^']*'`)
	words := strings.Fields(quoted.ReplaceAllString(line, "quoted"))[1:]
	names := []string{}
	for _, word := range words {
		if strings.HasPrefix(word, "-") || len(names) > 0 && !strings.Contains(helpOf(names...), "Available Commands:") {
			break
		}
		names = append(names, word)
		if !strings.Contains(helpOf(names...), "\nUsage:\n  careshare "+strings.Join(names, " ")+" ") &&
			!strings.Contains(helpOf(names...), "\nUsage:\n  careshare "+strings.Join(names, " ")+"\n") {
			return "unknown command " + word
		}
	}
	text := helpOf(names...)
	for _, word := range words {
		flag, _, _ := strings.Cut(word, "=")
		known := regexp.MustCompile(`(?m)^ +(-\w, )?` + regexp.QuoteMeta(flag) + `\b|^ +` + regexp.QuoteMeta(flag) + `, `)
		if strings.HasPrefix(word, "-") && !known.MatchString(text) {
			return "unknown flag " + flag
		}
	}
	return ""
}

// Each block of commands that is marked sh runs as typed, from a folder with bin/careshare and the demo. The clock stands at the
// demo's moment. A command may put rows into quarantine.
func TestCommandsOfDocumentsRun(t *testing.T) {
	t.Parallel()
	w := demo(t)
	blocks := regexp.MustCompile("(?s)\n```sh\n(.*?)```")
	ran := 0
	for path, text := range documents(t) {
		commands := ""
		for _, block := range blocks.FindAllStringSubmatch(text, -1) {
			commands += block[1]
		}
		if commands == "" {
			continue
		}
		ran++
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			folder := asTyped(t)
			if said, err := exec.Command("cp", "-a", w.folder, filepath.Join(folder, "demo")).CombinedOutput(); err != nil {
				t.Fatalf("copy the demo: %v: %s", err, said)
			}
			for line := range strings.Lines(commands) {
				typeLine(t, folder, strings.TrimSpace(line))
			}
		})
	}
	if ran < 8 {
		t.Errorf("only %d documents have commands that run", ran)
	}
}

// asTyped makes a folder with bin/careshare, whose clock stands at the demo's moment.
func asTyped(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	script := fmt.Sprintf("#!/bin/sh\nexec '%s' %s \"$@\"\n", program("careshare-at"), asAt)
	if err := os.WriteFile(filepath.Join(folder, "bin", "careshare"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return folder
}

// typeLine runs one line of a document by a shell.
func typeLine(t *testing.T, folder, line string) {
	t.Helper()
	command := exec.Command("sh", "-c", line)
	command.Dir = folder
	said, err := command.CombinedOutput()
	if code := command.ProcessState.ExitCode(); err != nil && code != exit.Quarantined {
		t.Errorf("%s\nended with %d:\n%s", line, code, said)
	}
}

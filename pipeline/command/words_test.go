package command

import (
	"encoding/csv"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// every gives each command of ours, the hidden ones too.
func every(cmd *cobra.Command, do func(*cobra.Command)) {
	do(cmd)
	for _, child := range cmd.Commands() {
		every(child, do)
	}
}

// Each command's help has an example whose command and flags exist.
func TestEveryHelpHasAnExample(t *testing.T) {
	t.Parallel()
	root := (&program{}).root()
	every(root, func(cmd *cobra.Command) {
		if cmd.Example == "" {
			t.Errorf("%s has no example", cmd.CommandPath())
		}
		for line := range strings.Lines(cmd.Example) {
			line, _, _ = strings.Cut(line, "#")
			words := shellWords(line)
			if len(words) == 0 || words[0] != "careshare" {
				t.Errorf("%s: an example is not a command of ours: %s", cmd.CommandPath(), line)
				continue
			}
			found, rest, err := (&program{}).root().Find(words[1:])
			if err == nil {
				err = found.ParseFlags(rest)
			}
			if err == nil {
				err = found.ValidateArgs(found.Flags().Args())
			}
			if err != nil {
				t.Errorf("%s: the example %q fails: %v", cmd.CommandPath(), line, err)
			}
		}
	})
}

// shellWords parts a line as a shell does, with single quotes and a redirection at its end.
func shellWords(line string) (words []string) {
	for _, found := range regexp.MustCompile(`'([^']*)'|(\S+)`).FindAllStringSubmatch(line, -1) {
		if found[2] == ">" {
			break
		}
		words = append(words, found[1]+found[2])
	}
	return words
}

const longestSentence = 25 // words

// Help is in short plain sentences.
func TestHelpIsPlain(t *testing.T) {
	t.Parallel()
	banned := bannedPhrases(t)
	every((&program{}).root(), func(cmd *cobra.Command) {
		texts := []string{cmd.Short}
		if cmd.Long != "" {
			texts = append(texts, strings.Split(cmd.Long, "\n\n")...)
		}
		texts = append(texts, flagUsages(cmd)...)
		for _, text := range texts {
			for _, complaint := range banned.complaints(text) {
				t.Errorf("%s: %s", cmd.CommandPath(), complaint)
			}
			if strings.HasPrefix(text, "Exit codes:") {
				continue
			}
			for _, sentence := range regexp.MustCompile(`[.:;?!](\s|$)`).Split(text, -1) {
				if n := len(strings.Fields(sentence)); n > longestSentence {
					t.Errorf("%s: %d words in %q", cmd.CommandPath(), n, sentence)
				}
			}
		}
	})
}

func flagUsages(cmd *cobra.Command) (usages []string) {
	for _, line := range strings.Split(cmd.LocalFlags().FlagUsagesWrapped(0), "\n") {
		if parts := regexp.MustCompile(`\s{3,}`).Split(strings.TrimSpace(line), 2); len(parts) == 2 {
			usages = append(usages, parts[1])
		}
	}
	return usages
}

type phrases []struct {
	pattern *regexp.Regexp
	better  string
}

func bannedPhrases(t *testing.T) (list phrases) {
	t.Helper()
	file, err := os.Open("../docs/testdata/banned_phrases.csv") // everywhere, and in help and errors
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) < 40 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	for _, row := range rows[1:] {
		list = append(list, struct {
			pattern *regexp.Regexp
			better  string
		}{regexp.MustCompile(`(?i)\b(` + strings.ReplaceAll(row[0], " ", `\s+`) + `)\b`), row[1]})
	}
	return list
}

func (p phrases) complaints(text string) (all []string) {
	text = regexp.MustCompile(`there is no |is no longer`).ReplaceAllString(text, "")
	for _, phrase := range p {
		if found := phrase.pattern.FindString(text); found != "" {
			all = append(all, strconv.Quote(text)+" says "+strconv.Quote(found)+"; better: "+phrase.better)
		}
	}
	return all
}

// The phrases that the list forbids are found, and plain ones pass.
func TestBannedPhrasesAreFound(t *testing.T) {
	t.Parallel()
	banned := bannedPhrases(t)
	for text, bad := range map[string]bool{
		"reads X, which is no model": true, "made anew for another day": true, "what is let out": true, "unknown model X": false, "check the files against the log": false,
	} {
		if found := banned.complaints(text); (len(found) > 0) != bad {
			t.Errorf("%q: %v", text, found)
		}
	}
}

// Errors and hints are plain: every text that this repository's Go code gives to an error.
func TestErrorsArePlain(t *testing.T) {
	t.Parallel()
	banned := bannedPhrases(t)
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(filepath.Dir(path), "test") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, is := n.(*ast.CallExpr)
			if !is || !makesError(call.Fun) {
				return true
			}
			for _, argument := range call.Args {
				if literal, is := argument.(*ast.BasicLit); is && literal.Kind == token.STRING {
					text, _ := strconv.Unquote(literal.Value)
					for _, complaint := range banned.complaints(text) {
						t.Errorf("%s: %s", path, complaint)
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// makesError says whether a call makes an error, a hint or a warning.
func makesError(fun ast.Expr) bool {
	name := ""
	switch f := fun.(type) {
	case *ast.SelectorExpr:
		name = f.Sel.Name
	case *ast.Ident:
		name = f.Name
	}
	switch name {
	case "New", "Errorf", "WithHint", "Hinted", "Damaged", "Fprintln", "Fprintf":
		return true
	}
	return false
}

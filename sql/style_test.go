package sql

import (
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// longest is how many characters a line of SQL may have, so that two files fit side by side.
const longest = 100

// TestSQLReadsAlike reads every file of SQL: line length, and a header that says what a row is and why the model is there.
func TestSQLReadsAlike(t *testing.T) {
	t.Parallel()
	files := 0
	for _, tree := range []fs.FS{Files, Linkage} {
		err := fs.WalkDir(tree, ".", func(file string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || path.Ext(file) != ".sql" {
				return err
			}
			text, err := fs.ReadFile(tree, file)
			files++
			for _, fault := range faultsOfStyle(file, string(text)) {
				t.Error(fault)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 300 {
		t.Errorf("only %d files of SQL were read", files)
	}
}

// TestStyleFaultsAreSeen plants one fault of each kind.
func TestStyleFaultsAreSeen(t *testing.T) {
	t.Parallel()
	const sound = "-- grain: a\n-- reads: stg_a\n-- why: says why\nselect a\nfrom stg_a\n"
	for name, text := range map[string]string{
		"long":  sound + "where a = '" + strings.Repeat("x", 100) + "'\n",
		"tab":   sound + "\twhere true\n",
		"blank": sound + "where true \n",
		"upper": strings.Replace(sound, "select a", "SELECT a", 1),
		"grain": strings.TrimPrefix(sound, "-- grain: a\n"),
		"why":   strings.Replace(sound, "-- why: says why\n", "", 1),
		"end":   strings.TrimSuffix(sound, "\n"),
	} {
		if got := faultsOfStyle("resolve/int_x.sql", text); len(got) != 1 {
			t.Errorf("%s: %q, want one fault", name, got)
		}
	}
	if got := faultsOfStyle("resolve/int_x.sql", sound); got != nil {
		t.Errorf("%q is said of sound SQL", got)
	}
}

var (
	models  = regexp.MustCompile(`^(staging|resolve|scope|consent|share|cpis|figures|bi|returns(/[a-z0-9_]+)?)/`)
	upper   = regexp.MustCompile(`(?m)^\s*(SELECT|FROM|WHERE|WITH|INNER JOIN|LEFT JOIN|UNION|GROUP BY|ORDER BY)\b`)
	headers = map[string]*regexp.Regexp{"grain": regexp.MustCompile(`(?m)^-- grain: `), "why": regexp.MustCompile(`(?m)^-- why: `)}
)

func faultsOfStyle(file, text string) (faults []string) {
	for i, line := range strings.Split(text, "\n") {
		at := file + ":" + strconv.Itoa(i+1) + ": "
		if utf8.RuneCountInString(line) > longest && !strings.Contains(line, "https://") {
			faults = append(faults, at+"longer than 100 characters")
		}
		if strings.Contains(line, "\t") {
			faults = append(faults, at+"a tab")
		}
		if strings.TrimRight(line, " ") != line {
			faults = append(faults, at+"blanks at the end")
		}
	}
	if !strings.HasSuffix(text, "\n") {
		faults = append(faults, file+": the last line has no end")
	}
	if upper.MatchString(text) {
		faults = append(faults, file+": words of SQL in capital letters")
	}
	if models.MatchString(file) {
		for name, header := range headers {
			if !header.MatchString(text) {
				faults = append(faults, file+": no -- "+name+": in the header")
			}
		}
	}
	return faults
}

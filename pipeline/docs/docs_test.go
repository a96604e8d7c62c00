// Package docs tests the documents.
package docs

import (
	"bytes"
	"encoding/csv"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestMain reads from the top of the repository.
func TestMain(m *testing.M) {
	if err := os.Chdir("../.."); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// mostLines is how long a document may be.
func mostLines(path string) int {
	if path == "README.md" {
		return 150
	}
	return 300
}

// mostWords is how long a sentence may be.
const mostWords = 25

// document is one README, with its prose apart from its code.
type document struct {
	path, text string
	prose      string // without fenced code, and with `x` for each piece of code
}

var (
	fenced   = regexp.MustCompile("(?s)```.*?```")
	code     = regexp.MustCompile("`[^`\n]*`")
	link     = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading  = regexp.MustCompile(`(?m)^#{1,4} (.+)$`)
	notASlug = regexp.MustCompile(`[^\p{L}\p{N}_\- ]`)
)

func documents(t *testing.T) (list []document) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata" || path == "demo" || path == "out") {
			return filepath.SkipDir
		}
		if entry.Name() == "README.md" {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			prose := code.ReplaceAllString(fenced.ReplaceAllString(string(text), ""), "x")
			list = append(list, document{path, string(text), prose})
		}
		return nil
	})
	if err != nil || len(list) < 10 {
		t.Fatalf("found %d documents: %v", len(list), err)
	}
	return list
}

func TestDocumentsAreShort(t *testing.T) {
	for _, d := range documents(t) {
		if lines := strings.Count(d.text, "\n"); lines >= mostLines(d.path) {
			t.Errorf("%s has %d lines; keep it below %d", d.path, lines, mostLines(d.path))
		}
	}
	for _, folder := range []string{"extract", "load", "pipeline", "reports", "schedules", "sql", "transform"} {
		text, err := os.ReadFile(filepath.Join(folder, "README.md"))
		if err != nil || !bytes.Contains(text, []byte("\nContents: ")) {
			t.Errorf("%s/README.md has no contents: %v", folder, err)
		}
	}
}

func TestSentencesOfDocumentsAreShort(t *testing.T) {
	for _, d := range documents(t) {
		for _, sentence := range sentences(d.prose) {
			if words := len(strings.Fields(sentence)); words > mostWords {
				t.Errorf("%s: %d words in one sentence; write two: %s", d.path, words, sentence)
			}
		}
	}
	if found := sentences("One two. Three four: five\n- six\n\n| seven | eight; nine |\n"); len(found) != 7 {
		t.Errorf("7 sentences were read as %q", found)
	}
}

// sentences takes paragraphs, items, cells and headings apart, then sentences. Contents are a list of links and no sentence.
func sentences(prose string) (list []string) {
	prose = heading.ReplaceAllString(prose, "\n$0\n")
	blocks := regexp.MustCompile(`\n\s*\n|\n(?:- |\d+\. |\|)|\|`).Split(prose, -1)
	for _, block := range blocks {
		if strings.HasPrefix(block, "Contents: ") {
			continue
		}
		block = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`).ReplaceAllString(block, "$1")
		for _, sentence := range regexp.MustCompile(`[.!?:;]\s`).Split(block+" ", -1) {
			if sentence = strings.Join(strings.Fields(sentence), " "); sentence != "" {
				list = append(list, sentence)
			}
		}
	}
	return list
}

// pipeline/docs/testdata/banned_phrases.csv lists phrases that readers stumbled over, and what to write instead.
func TestDocumentsSayItPlainly(t *testing.T) {
	banned := bannedPhrases(t)
	for _, d := range documents(t) {
		for phrase, better := range banned {
			if found := phrase.FindString(d.prose); found != "" {
				t.Errorf("%s says %q; better: %s", d.path, found, better)
			}
		}
	}
	found := 0
	for phrase := range banned {
		if phrase.MatchString("What stands\nin the list is Told to whoever asks.") {
			found++
		}
	}
	if found != 3 {
		t.Errorf("%d of 3 banned phrases found", found)
	}
}

// What users read beside the documents says it plainly, too: templates, contracts and lists.
func TestFilesThatUsersReadSayItPlainly(t *testing.T) {
	banned := bannedPhrases(t)
	read := 0
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata" || slices.Contains([]string{"demo", "dist", "out", "bin"}, path)) {
			return filepath.SkipDir
		}
		if !slices.Contains([]string{".yaml", ".csv"}, filepath.Ext(path)) {
			return nil
		}
		read++
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for phrase, better := range banned {
			if found := phrase.Find(text); found != nil {
				t.Errorf("%s says %q; better: %s", path, found, better)
			}
		}
		return nil
	})
	if err != nil || read < 100 {
		t.Errorf("%d files were read: %v", read, err)
	}
}

func bannedPhrases(t *testing.T) map[*regexp.Regexp]string {
	t.Helper()
	file, err := os.Open("pipeline/docs/testdata/banned_phrases.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) < 20 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	banned := map[*regexp.Regexp]string{}
	for _, row := range rows[1:] {
		if row[2] == "everywhere" { // the others are for help and errors (pipeline/command)
			banned[regexp.MustCompile(`(?i)\b(`+strings.ReplaceAll(row[0], " ", `\s+`)+`)\b`)] = row[1]
		}
	}
	return banned
}

// A link leads to a file, and to a heading of it.
func TestLinksOfDocumentsLeadSomewhere(t *testing.T) {
	headings := map[string]map[string]bool{}
	list := documents(t)
	for _, d := range list {
		headings[d.path] = map[string]bool{}
		for _, found := range heading.FindAllStringSubmatch(fenced.ReplaceAllString(d.text, ""), -1) {
			slug := strings.ReplaceAll(notASlug.ReplaceAllString(strings.ToLower(found[1]), ""), " ", "-")
			headings[d.path][slug] = true
		}
	}
	links := 0
	for _, d := range list {
		for _, found := range link.FindAllStringSubmatch(fenced.ReplaceAllString(d.text, ""), -1) {
			path, anchor, hasAnchor := strings.Cut(found[1], "#")
			target := d.path
			if path != "" {
				target = filepath.Join(filepath.Dir(d.path), path)
			}
			links++
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s, which is not there", d.path, found[1])
			} else if hasAnchor && !headings[target][anchor] {
				t.Errorf("%s links to %s: %s has no such heading", d.path, found[1], target)
			}
		}
	}
	if links < 50 {
		t.Errorf("only %d links were read", links)
	}
}

// Each file that a document names in backticks with its folder is there.
func TestFilesNamedInDocumentsAreThere(t *testing.T) {
	council := regexp.MustCompile("^(council|rules|reports/audit-extracts)/") // files that the council or a run makes
	path := regexp.MustCompile("`((?:[a-z_]+/)+[a-z0-9_]+\\.(?:sql|go|csv|txtar|md|yaml|json|py|pq|png))`")
	named := 0
	for _, d := range documents(t) {
		for _, found := range path.FindAllStringSubmatch(d.text, -1) {
			if council.MatchString(found[1]) {
				continue
			}
			named++
			_, atRoot := os.Stat(found[1])
			_, beside := os.Stat(filepath.Join(filepath.Dir(d.path), found[1]))
			if atRoot != nil && beside != nil {
				t.Errorf("%s names %s, which is not there", d.path, found[1])
			}
		}
	}
	if named < 30 {
		t.Errorf("only %d files were read", named)
	}
}

// Each direct dependency has its reason in pipeline/README.md.
func TestDependenciesHaveReasons(t *testing.T) {
	module, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("pipeline/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, reasons, _ := strings.Cut(string(page), "\n## Dependencies")
	reasons, _, _ = strings.Cut(reasons, "\n## ")
	direct := regexp.MustCompile(`(?m)^\t(\S+) v\S+$`).FindAllStringSubmatch(string(module), -1)
	if len(direct) < 15 {
		t.Fatalf("%d direct dependencies were read", len(direct))
	}
	for _, found := range direct {
		row := regexp.MustCompile("(?m)^\\| .*`" + regexp.QuoteMeta(found[1]) + "`.* \\| .{5,} \\|$")
		if !row.MatchString(reasons) {
			t.Errorf("%s has no reason in the dependency section of pipeline/README.md", found[1])
		}
	}
	for _, former := range []string{"github.com/apache/arrow/go", "github.com/marcboeker/go-duckdb"} {
		if !strings.Contains(reasons, former) {
			t.Errorf("pipeline/README.md does not say why %s was left", former)
		}
	}
}

// CHANGELOG.md keeps a changelog: a heading per version, the newest first, and only known groups below it.
func TestTheChangelogHasVersions(t *testing.T) {
	text, err := os.ReadFile("CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	title := regexp.MustCompile(`^## (?:Unreleased|\[(\d+)\.(\d+)\.(\d+)\] - (\d{4}-\d\d-\d\d))$`)
	group := regexp.MustCompile(`^### (Added|Changed|Deprecated|Removed|Fixed|Security|Upgrade)$`)
	versions, newer, day := 0, "", "9"
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		switch found := title.FindStringSubmatch(line); {
		case found != nil && found[1] != "":
			version := strings.Join([]string{padded(found[1]), padded(found[2]), padded(found[3])}, ".")
			if versions++; newer != "" && version >= newer || found[4] > day {
				t.Errorf("%q is not older than the version above it", line)
			}
			newer, day = version, found[4]
		case strings.HasPrefix(line, "## ") && found == nil:
			t.Errorf("%q is no version: write ## [1.2.3] - 2026-11-30", line)
		case strings.HasPrefix(line, "### ") && !group.MatchString(line):
			t.Errorf("%q is not a group of a changelog", line)
		}
	}
	if versions < 3 {
		t.Errorf("only %d versions were read", versions)
	}
}

func padded(number string) string { return strings.Repeat("0", 6-len(number)) + number }

package pipeline

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"careshare/pipeline/borough"
	"careshare/pipeline/exit"
	"careshare/sql"
)

// blankWithPost are what the files do not hold and the validator works out from postcodes: blank where they are.
var blankWithPost = map[string][]string{
	"placement_authority": {"pl_post"}, "placement_location": {"pl_post"}, "placement_distance": {"pl_post", "home_post"},
}

// contractColumn reads a column of a contract: its name and whether it may be null.
var contractColumn = regexp.MustCompile(`(?m)^  - \{name: (\w+),.* nullable: (true|false)`)

// withBlanks is a model of a file of the 903 over the shipped one: every cell that the contract lets be null is null in one row of five.
func withBlanks(t *testing.T, dataset string, fields []string) string {
	t.Helper()
	model, err := fs.ReadFile(sql.Files, "returns/ssda903/"+dataset+".sql")
	if err != nil {
		t.Fatal(err)
	}
	contract, err := fs.ReadFile(sql.Files, "returns/ssda903/"+dataset+".yaml")
	if err != nil {
		t.Fatal(err)
	}
	var columns []string
	for _, column := range contractColumn.FindAllStringSubmatch(string(contract), -1) {
		name, blank := column[1], blankWithPost[column[1]]
		if slices.Contains(fields, name) && column[2] == "true" {
			blank = []string{name}
		}
		text := name
		for _, with := range blank {
			text = fmt.Sprintf("case when hash(concat_ws('|', collection_year, row_position, '%s')) %% 5 <> 0 then %s end", with, text)
		}
		columns = append(columns, text+" as "+name)
	}
	comments := regexp.MustCompile(`(?m)^--.*\n`)
	header := strings.Join(comments.FindAllString(string(model), -1), "")
	return header + "select " + strings.Join(columns, ",\n    ") + "\nfrom (\n" + comments.ReplaceAllString(string(model), "") + ") as made\n"
}

// ssda903Files are the datasets of the 903's files with their fields.
func ssda903Files(t *testing.T) map[string][]string {
	t.Helper()
	lists, err := sql.Lists(sql.Files)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]string{}
	for _, row := range lists[slices.IndexFunc(lists, func(l sql.List) bool { return l.Name == "ssda903_columns" })].Rows {
		files[row[1]] = append(files[row[1]], row[4])
	}
	return files
}

// withBlankCells is the clean borough with blanks in every file of its 903.
func withBlankCells(t *testing.T) world {
	t.Helper()
	w := world{folder: t.TempDir()}
	w.mustRun(t, exit.Done, "init", "--to", w.folder)
	text, err := os.ReadFile(w.config())
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer("# rules: rules ", "rules: rules # ", " sources/", " "+filepath.Join(clean(t).folder, "sources")+"/").Replace(string(text))
	if err := os.WriteFile(w.config(), []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	rules := filepath.Join(w.folder, "rules", "returns", "ssda903")
	if err := os.MkdirAll(rules, 0o700); err != nil {
		t.Fatal(err)
	}
	for dataset, fields := range ssda903Files(t) {
		if err := os.WriteFile(filepath.Join(rules, dataset+".sql"), []byte(withBlanks(t, dataset, fields)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w.mustRun(t, exit.Done, "run", "--config", w.config(), "--as-at", borough.DefaultAsAt().Format("2006-01-02T15:04:05Z"))
	return w
}

// blankOtherwise are rules in which the validator takes a blank for something, and we do not, and why.
var blankOtherwise = map[string]string{
	"504": "two blank needs differ from each other, as pandas compares them",
	"576": "it says nothing of a child who has no absence this year at all",
}

// Blanks in every column of every file: each rule finds the children whom the validator finds.
func TestSSDA903BlanksAgreeWithThePeers(t *testing.T) {
	t.Parallel()
	w := withBlankCells(t)
	said := w.ssda903(t, 2027, "lac2026_27")
	ours := w.found903(t, 2027)
	compared, raised := 0, 0
	for _, rule := range rules903(t) {
		if !slices.Contains(said.Done, rule) || blankOtherwise[rule] != "" {
			continue
		}
		compared++
		raised += min(1, len(ours[rule]))
		if !slices.Equal(ours[rule], said.Issues[rule]) {
			t.Errorf("rule %s: we find %v, the validator %v", rule, ours[rule], said.Issues[rule])
		}
	}
	if compared < 170 || raised < 35 {
		t.Errorf("%d rules compared, %d of them raised", compared, raised)
	}
}

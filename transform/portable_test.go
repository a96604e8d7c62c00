package transform

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"careshare/sql"
)

// dialect is what only this engine understands although standard SQL can say it, or a macro does: what a model may not hold, what
// to say instead, and a line that has it.
var dialect = []struct{ holds, instead, such string }{
	{`\binterval \d`, "interval '1' day", "day + interval 1 day"},
	{`\bto_(hours|days|months|years)\(`, "n * interval '1' day", "day + to_days(n)"},
	{`\bis (not )?(true|false)\b`, "coalesce(condition, false)", "where is_open is not true"},
	{`\barg_(min|max)\(`, "min_by, max_by", "arg_max(code, day)"},
	{`\btimestamptz\b`, "timestamp with time zone", "cast(null as timestamptz)"},
	{`\b(strftime|try_strptime)\(`, "a macro", "strftime(day, '%Y')"},
	{`\b(least|greatest)\((?:[^()]|\([^()]*\))*_at\b`, "earlier_of or later_of, since others give null for one unknown", "least(started_at, ended_at)"},
	{`'g'\)`, "a macro", "regexp_replace(number, '[^0-9]', '', 'g')"},
	{`\b(left|right)\(`, "substr(text, 1, n)", "left(text, 3)"},
	{`filter \(where [^\n]*\)\s+over\b`, "count(case when condition then 1 end) over", "count(*) filter (where is_open) over ()"},
	{`\bfrom extract\.`, `"extract"`, "from extract.quarantine"},
	{`\bqualify\b`, "a row_number in a select of its own", "qualify place = 1"},
	{`::`, "cast(x as type)", "x::date"},
	{`\b(min|max)_by\([\w.]+, (?:[^()]|\([^()]*\))*\)(?: as| in|,)`, "max_by(coalesce(x, ''), y), or filter (where x is not null): this engine passes over nulls, others do not",
		"max_by(role.team_id, role.started_at) as team_id"},
}

// held are the words of this engine that the models named here cannot do without, and no other may take up.
var held = []struct {
	holds string
	by    []string
}{
	{`\bunpivot\b`, []string{"int_cld_field_results"}},
	{`\bjson_\w*\(`, []string{"int_annex_a_findings", "return_changes", "return_rows"}},
	{`\blist\(`, []string{"return_changes"}},
	{`\{'`, []string{"int_ssda903_child_findings", "int_ssda903_episode_findings", "int_ssda903_year_findings", "return_changes"}},
	{`\blambda\b`, []string{"int_ssda903_child_findings", "int_ssda903_episode_findings", "int_ssda903_year_findings", "return_changes"}},
	{`\bwith recursive\b`, []string{"int_figures"}},
	{`\bstring_agg\(`, []string{"return_rows"}},
	{`\bgroup by all\b|\bunnest\(\[|\bsemi join\b|\banti join\b|\basof\b|\bpivot\b|\b(median|generate_series|list_position)\(`, nil},
}

// Where one of these stands more than it did, fewer models run elsewhere than pipeline/README.md says; where it stands less, more.
func TestWordsOfOneEngineStandWhereTheyAreKnown(t *testing.T) {
	models, err := Load(sql.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range held {
		pattern := regexp.MustCompile(word.holds)
		var by []string
		for _, model := range append(models.Tables, models.Checks...) {
			if pattern.MatchString(model.Query) {
				by = append(by, model.Name)
			}
		}
		slices.Sort(by)
		if !slices.Equal(by, word.by) {
			t.Errorf("%s stands in %v, known of %v", word.holds, by, word.by)
		}
	}
}

// The models are to run on other engines too. bi and the returns still hold what standard SQL cannot say (pipeline/README.md, Limits).
func TestModelsSayInStandardSQLWhatItCan(t *testing.T) {
	models, err := Load(sql.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range dialect {
		pattern := regexp.MustCompile(word.holds)
		if !pattern.MatchString(word.such) {
			t.Errorf("%s does not find %q", word.holds, word.such)
		}
		for _, model := range append(models.Tables, models.Checks...) {
			if found := pattern.FindString(model.Query); found != "" {
				t.Errorf("%s says %q: %s", model.Name, strings.TrimSpace(found), word.instead)
			}
		}
	}
}

package transform

import (
	"regexp"
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
}

// The models are to run on other engines too. bi and the returns still hold what standard SQL cannot say (README, Limits).
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

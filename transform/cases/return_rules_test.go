package cases

import (
	"maps"
	"path"
	"slices"
	"testing"

	"careshare/sql"
)

// Each rule of the returns is found by a unit case of the models that carry it out, which fails without it.
func TestEveryRuleOfAReturnHasACase(t *testing.T) {
	t.Parallel()
	lists, err := sql.Lists(sql.Files)
	if err != nil {
		t.Fatal(err)
	}
	rules := lists[slices.IndexFunc(lists, func(l sql.List) bool { return l.Name == "return_rules" })]
	models := map[string]string{"903": "int_ssda903_*_findings", "cin": "int_cin_*_findings", "cld": "int_cld_findings", "annex-a": "int_annex_a_findings"}
	found := map[string]map[string]bool{}
	for name, model := range models {
		found[name] = rulesFound(t, name, model)
		maps.Copy(found[name], rulesFound(t, name, "int_return_step_findings"))
	}
	for _, rule := range rules.Rows {
		if !found[rule[0]][rule[1]] {
			t.Errorf("return %s: no case of %s finds rule %s", rule[0], models[rule[0]], rule[1])
		}
	}
	if len(rules.Rows) < 300 {
		t.Errorf("%d rules", len(rules.Rows))
	}
}

// rulesFound are the rule codes that the cases of some models expect of a return; where a model finds for several, a row says for which.
func rulesFound(t *testing.T, name, models string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, document := range shipped(t) {
		if fits, err := path.Match(models, document.Model); err != nil || !fits {
			continue
		}
		for _, c := range document.Cases {
			code, whose := c.Expect.column("rule_code"), c.Expect.column("return_name")
			for _, cells := range c.Expect.Cells {
				if whose < 0 || cells[whose] == name {
					found[cells[code]] = true
				}
			}
		}
	}
	return found
}

// column is where a column stands; -1 if it is not there.
func (r Rows) column(name string) int {
	return slices.IndexFunc(r.Columns, func(c Column) bool { return c.Name == name })
}

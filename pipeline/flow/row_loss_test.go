package flow

import (
	"strings"
	"testing"
	"time"

	"careshare/extract"
	"careshare/load/lake"
)

func TestFewerRowsThanBefore(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		from               string
		before, in, merged int64
		percent            float64
		stops              bool
	}{
		"emptied":                   {"casestore", 300, 0, 0, 20, true},
		"a fifth":                   {"casestore", 300, 240, 0, 20, false},
		"more than a fifth":         {"casestore", 300, 239, 0, 20, true},
		"a health sender's":         {"health-community", 300, 100, 0, 20, true},
		"of few":                    {"casestore", 12, 3, 0, 20, false},
		"of few, ten":               {"casestore", 12, 2, 0, 20, true},
		"more than before":          {"casestore", 300, 400, 0, 20, false},
		"not there before":          {"casestore", 0, 400, 0, 20, false},
		"gone by right, it is said": {"casestore", 300, 0, 0, 100, false},
		"replaced by newer rows":    {"health-community", 300, 400, 200, 20, true},
		"an inbox may be emptied":   {"trace", 300, 0, 0, 20, false},
	} {
		held := heldBefore{rows: map[[2]string]int64{{c.from, "a"}: c.before, {"casestore", "b"}: 500}}
		err := held.checkRowLoss([]extract.Table{{From: c.from, Name: "a", RowsIn: c.in, Merged: c.merged}, {From: "casestore", Name: "b", RowsIn: 500}}, c.percent)
		if (err != nil) != c.stops {
			t.Errorf("%s: %v", name, err)
		}
	}
	many := heldBefore{rows: map[[2]string]int64{}}
	tables := []extract.Table{}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		many.rows[[2]string{"casestore", name}] = 40
		tables = append(tables, extract.Table{From: "casestore", Name: name, RowsIn: 1})
	}
	if err := many.checkRowLoss(tables, 20); err == nil || !strings.Contains(err.Error(), "casestore.c had 40 and has 1, and 2 more: checks failed") {
		t.Error(err)
	}
}

func TestFewerRefusalsThanBefore(t *testing.T) {
	t.Parallel()
	held := heldBefore{asAt: time.Date(2026, 11, 1, 7, 0, 0, 0, time.UTC), rows: map[[2]string]int64{refusals: 100}}
	for name, c := range map[string]struct {
		dataset string
		rows    int64
		days    int
		stops   bool
	}{
		"gone":                  {"consent_refusals", 0, 1, true},
		"gone on the same day":  {"consent_refusals", 0, 0, true},
		"some put right":        {"consent_refusals", 80, 1, false},
		"for an earlier moment": {"consent_refusals", 0, -1, false},
		"another dataset":       {"decisions", 0, 1, false},
	} {
		err := held.checkRefusalLoss([]lake.Disclosure{{Audience: "audit", Dataset: c.dataset, Rows: c.rows}}, held.asAt.AddDate(0, 0, c.days), 20)
		if (err != nil) != c.stops {
			t.Errorf("%s: %v", name, err)
		}
	}
}

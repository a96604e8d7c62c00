package casestore

import (
	"math"
	"testing"
)

func TestFit(t *testing.T) {
	const first2026 = 1_767_225_600_000_000
	for name, c := range map[string]struct {
		want     dataType
		required bool
		in       value
		out      value
		broken   string
	}{
		"a number":                   {want: bigint, in: texts("12"), out: value{kind: whole, number: 12}},
		"a number with spaces":       {want: bigint, in: texts(" -12 "), out: value{kind: whole, number: -12}},
		"a whole decimal":            {want: bigint, in: texts("12.00"), out: value{kind: whole, number: 12}},
		"the greatest number":        {want: bigint, in: texts("9223372036854775807"), out: value{kind: whole, number: math.MaxInt64}},
		"one more":                   {want: bigint, in: texts("9223372036854775808"), broken: ruleWhole},
		"a fraction":                 {want: bigint, in: texts("12.5"), broken: ruleWhole},
		"a point alone":              {want: bigint, in: texts("."), broken: ruleWhole},
		"a point at the end":         {want: bigint, in: texts("12."), broken: ruleWhole},
		"an exponent":                {want: bigint, in: texts("1e3"), broken: ruleWhole},
		"a word":                     {want: bigint, in: texts("twelve"), broken: ruleWhole},
		"blank is null":              {want: bigint, in: texts("  "), out: value{}},
		"blank where one must be":    {want: bigint, required: true, in: texts(""), broken: ruleRequired},
		"null where one must be":     {want: timestamp, required: true, broken: ruleRequired},
		"empty text is null":         {want: varchar, in: texts(""), out: value{}},
		"empty text where one must":  {want: varchar, required: true, in: texts(""), broken: ruleRequired},
		"spaces are text":            {want: varchar, required: true, in: texts(" "), out: texts(" ")},
		"not UTF-8":                  {want: varchar, in: texts("\xff"), broken: ruleUTF8},
		"a date":                     {want: timestamp, in: texts("2026-01-01"), out: value{kind: moment, number: first2026}},
		"hours and minutes":          {want: timestamp, in: texts("2026-01-01 01:01"), out: value{kind: moment, number: first2026 + 3660e6}},
		"with a T":                   {want: timestamp, in: texts("2026-01-01T00:00:01"), out: value{kind: moment, number: first2026 + 1e6}},
		"a fraction of a second":     {want: timestamp, in: texts("2026-01-01 00:00:00.5"), out: value{kind: moment, number: first2026 + 5e5}},
		"SQL Server's seven digits":  {want: timestamp, in: texts("2026-01-01 00:00:00.1234567"), out: value{kind: moment, number: first2026 + 123456}},
		"before 1970":                {want: timestamp, in: texts("1969-12-31 23:59:59"), out: value{kind: moment, number: -1e6}},
		"day first":                  {want: timestamp, in: texts("01/02/2026"), broken: ruleTimestamp + ": a day as dd/mm/yyyy; conventions.dates declares the form"},
		"no such day":                {want: timestamp, in: texts("2026-02-30"), broken: ruleTimestamp},
		"no such hour":               {want: timestamp, in: texts("2026-02-03 25:00"), broken: ruleTimestamp},
		"a zone is no wall clock":    {want: timestamp, in: texts("2026-01-01 00:00:00Z"), broken: ruleTimestamp},
		"infinity":                   {want: timestamp, in: finite(math.MaxInt64), broken: ruleTimestamp},
		"minus infinity":             {want: timestamp, in: finite(math.MinInt64), broken: ruleTimestamp},
		"minus infinity of DuckDB":   {want: timestamp, in: finite(-math.MaxInt64), broken: ruleTimestamp},
		"a day":                      {want: timestamp, in: midnight(20_454), out: value{kind: moment, number: first2026}},
		"a day no timestamp reaches": {want: timestamp, in: midnight(math.MaxInt32), broken: ruleTimestamp},
	} {
		t.Run(name, func(t *testing.T) {
			v, column := c.in, column{typ: c.want, nullable: !c.required}
			broken := column.fit(&v)
			if broken != c.broken {
				t.Fatalf("fit says %q, want %q", broken, c.broken)
			}
			if broken == "" && (v.kind != c.out.kind || v.kind != text && v.number != c.out.number || v.String() != c.out.String()) {
				t.Errorf("fit makes %+v, want %+v", v, c.out)
			}
		})
	}
}

func texts(s string) value { return value{kind: text, text: []byte(s)} }

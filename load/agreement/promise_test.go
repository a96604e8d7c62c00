package agreement

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
)

func promised(version string, columns ...PromisedColumn) Promise {
	return Promise{Dataset: "dim", Version: version, Grain: []string{"key"}, Columns: columns}
}

func column(name, kind string, nullable bool, removeOn string) PromisedColumn {
	return PromisedColumn{name, kind, nullable, removeOn}
}

func TestAPromiseIsKept(t *testing.T) {
	key, name := column("key", "VARCHAR", false, ""), column("name", "VARCHAR", false, "")
	leaving := column("name", "VARCHAR", false, "2026-12-01")
	was := promised("1.2", key, name)
	for title, test := range map[string]struct {
		was, next Promise
		day, want string // want: part of the error; empty: the promise is kept
	}{
		"nothing changed":                     {was, was, "2026-11-01", ""},
		"a column more, a minor version more": {was, promised("1.3", key, name, column("x", "DATE", true, "")), "2026-11-01", ""},
		"a column more, the same version":     {was, promised("1.2", key, name, column("x", "DATE", true, "")), "2026-11-01", "adding x needs version 1.3"},
		"fewer nulls":                         {promised("1.2", key, column("name", "VARCHAR", true, "")), was, "2026-11-01", ""},
		"another type, a minor version more":  {was, promised("1.3", key, column("name", "BIGINT", false, "")), "2026-11-01", "another type of name needs version 2.0"},
		"another type, a major version more":  {was, promised("2.0", key, column("name", "BIGINT", false, "")), "2026-11-01", ""},
		"more nulls":                          {was, promised("1.3", key, column("name", "VARCHAR", true, "")), "2026-11-01", "nulls in name"},
		"another grain":                       {was, Promise{Dataset: "dim", Version: "1.3", Grain: []string{"name"}, Columns: was.Columns}, "2026-11-01", "another grain"},
		"a column gone, the same version":     {was, promised("1.2", key), "2026-11-01", "removing name needs version 2.0"},
		"a column gone that never was to go":  {was, promised("2.0", key), "2026-11-01", "without having been published as deprecated"},
		"a column gone before its day":        {promised("1.3", key, leaving), promised("2.0", key), "2026-11-30", "without having been published as deprecated"},
		"a column withdrawn at once":          {was, Promise{Dataset: "dim", Version: "2.0", Grain: was.Grain, Columns: []PromisedColumn{key}, Withdrawn: []string{"name"}}, "2026-11-01", ""},
		"a column withdrawn, no new version":  {was, Promise{Dataset: "dim", Version: "1.3", Grain: was.Grain, Columns: []PromisedColumn{key}, Withdrawn: []string{"name"}}, "2026-11-01", "needs version 2.0"},
		"a column gone on its day":            {promised("1.3", key, leaving), promised("2.0", key), "2026-12-01", ""},
		"an older version":                    {was, promised("1.1", key, name), "2026-11-01", "version 1.1 follows 1.2"},
	} {
		err := test.was.BreakingChanges(test.next, test.day)
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s: %v", title, err)
		case test.want != "" && (!errors.Is(err, ErrPromise) || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: %v, want %s", title, err, test.want)
		}
	}
}

func TestAContractSaysWhatItPromises(t *testing.T) {
	contract := func(lines string) string {
		return "name: dim\naudiences: [bi]\nsubject: none\ngate: none\ngrain: [key]\ndescription: d\n" + strings.NewReplacer(
			"VARCHAR, meaning", "VARCHAR, kind: key, meaning", "DATE, meaning", "DATE, kind: date, meaning").Replace(lines)
	}
	column := "columns: [{name: key, type: VARCHAR, meaning: m}"
	for lines, want := range map[string]string{
		"version: \"1.0\"\nneeds_key: true\n" + column + "]": "",
		"needs_key: true\n" + column + "]":                   "needs a version",
		"version: one\n" + column + "]":                      "not MAJOR.MINOR",
		"version: \"1.0\"\nsort: [kee]\n" + column + "]":     "the nearest known is key",
		"version: \"1.0\"\nneeds_key: true\n" + column + ", {name: nhs_number, type: VARCHAR, kind: identifier, meaning: m}]":                 "names a person",
		"version: \"1.0\"\n" + column + ", {name: x, type: DATE, meaning: m, since: \"1.1\"}]":                                                "is not published yet",
		"version: \"1.0\"\n" + column + ", {name: x, type: DATE, meaning: m, deprecated: {since: \"1.0\"}}]":                                  "needs remove_on",
		"version: \"1.0\"\n" + column + ", {name: x, type: DATE, meaning: m, deprecated: {since: \"1.0\", remove_on: 2027-01-01, use: key}}]": "",
	} {
		_, err := ReadContracts(fstest.MapFS{"bi/dim.yaml": {Data: []byte(contract(lines))}})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %s", lines, err, want)
		}
	}
}

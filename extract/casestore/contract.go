package casestore

import (
	_ "embed" // for the contract
	"encoding/csv"
	"fmt"
	"slices"
	"strings"

	"careshare/sql/shown"
)

// contractCSV names every table and column that a run reads: table, column, type, nullable, key, what a value means, and what
// becomes of a flag's word that no convention lists: close (the model reads it as yes), stop (the run) or quarantine (the row).
//
//go:embed contract.csv
var contractCSV string

// dataType is one of the types that the contract knows.
type dataType string

const (
	bigint    dataType = "bigint"
	varchar   dataType = "varchar"
	timestamp dataType = "timestamp" // the wall clock of London, to the microsecond, without a zone
)

// column is one column of the contract.
type column struct {
	name     string
	typ      dataType
	nullable bool
	key      bool // part of what tells one row of its table from another
	means    string
	unknown  string
	reading  *reading // nil until conventions are applied
}

// table is one table of the contract, its columns in the order in which they land.
type table struct {
	name    string
	columns []column
}

// meanings are what a value may be, beside the end of what another column starts.
var meanings = []string{"flag", "code", "text", "id", "everyone", "nhs number", "count", "start", "birth", "death", "date", "past date"}

func (c *column) isEnd() bool { return strings.HasPrefix(c.means, "end of ") }

// contract reads the tables that a case store owes us, in the order of the file.
func contract() ([]table, error) {
	lines, err := csv.NewReader(strings.NewReader(contractCSV)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read contract: %w", err)
	}
	var tables []table
	for i, line := range lines[1:] {
		c := column{name: line[1], typ: dataType(line[2]), nullable: line[3] == "yes", key: line[4] == "yes", means: line[5], unknown: line[6]}
		if !slices.Contains([]dataType{bigint, varchar, timestamp}, c.typ) {
			return nil, fmt.Errorf("read contract: line %d: unknown type %q", i+2, c.typ)
		}
		if !slices.Contains(meanings, c.means) && !c.isEnd() {
			return nil, fmt.Errorf("read contract: line %d: unknown meaning %q", i+2, c.means)
		}
		if len(tables) == 0 || tables[len(tables)-1].name != line[0] {
			tables = append(tables, table{name: line[0]})
		}
		last := &tables[len(tables)-1]
		last.columns = append(last.columns, c)
	}
	return tables, nil
}

// stored is a table as the store has it.
type stored struct {
	name    string // as the source itself addresses it: a quoted name, or a path
	size    int64  // in the source's own unit, to start with the largest
	columns []storedColumn
	isView  bool
	again   bool // another table's name differs from this one's in case only
	partial bool // a policy hides rows of it from this role
	isFile  bool // its column names may be what somebody's first line was: a person's values
}

type storedColumn struct {
	name, typ string
	denied    bool // there, but not ours to read
}

// denied tells whether nothing of the table is ours to read.
func (s stored) denied() bool {
	return len(s.columns) > 0 && !slices.ContainsFunc(s.columns, func(c storedColumn) bool { return !c.denied })
}

// job is one table to pull: what the contract asks and where the store keeps it, column by column.
type job struct {
	table
	from  stored
	names []storedColumn // names[i] is the store's column for columns[i]
	extra []string       // columns of the store that the contract does not name, as output may name them, sorted
}

// bind finds every table and column of the contract in the store, whatever the case of its names. All that is
// amiss is named at once.
func bind(tables []table, store map[string]stored, carries func(storeType string, want dataType) bool) ([]job, error) {
	var jobs []job
	var amiss []string
	for _, t := range tables {
		from, ok := store[t.name]
		switch {
		case !ok:
			amiss = append(amiss, "no table "+t.name)
			continue
		case from.again:
			amiss = append(amiss, "two tables "+t.name+", their names differ in case only")
			continue
		}
		if from.denied() {
			amiss = append(amiss, "no permission to read table "+t.name)
			continue
		}
		if from.partial {
			amiss = append(amiss, "row-level security hides rows of "+t.name+" from this role; let it read as the owner, or grant it BYPASSRLS")
		}
		j := job{table: t, from: from}
		amiss = append(amiss, j.bindColumns(carries)...)
		jobs = append(jobs, j)
	}
	if len(amiss) > 0 {
		return nil, fmt.Errorf("the case store does not keep the contract: %s", strings.Join(amiss, "; "))
	}
	return jobs, nil
}

func (j *job) bindColumns(carries func(string, dataType) bool) (amiss []string) {
	have, named := map[string]storedColumn{}, map[string]string{}
	known := j.known()
	for i, c := range j.from.columns {
		lower := strings.ToLower(c.name)
		named[lower] = lower
		if j.from.isFile {
			named[lower] = shown.Column(lower, i+1, known)
		}
		if _, again := have[lower]; again && lower != "" {
			amiss = append(amiss, fmt.Sprintf("two columns %s.%s", j.name, named[lower]))
		}
		have[lower] = c
	}
	for _, want := range j.columns {
		place := j.name + "." + want.name
		c, ok := have[want.name]
		switch {
		case !ok:
			amiss = append(amiss, "no column "+place)
		case c.denied:
			amiss = append(amiss, "no permission to read column "+place)
		case !carries(c.typ, want.typ):
			amiss = append(amiss, fmt.Sprintf("column %s is of type %s, not to be read as %s", place, typeName(c.typ), want.typ))
		}
		j.names = append(j.names, c)
		delete(have, want.name)
	}
	delete(have, "") // spreadsheets add columns without a name
	for name := range have {
		j.extra = append(j.extra, named[name])
	}
	slices.Sort(j.extra)
	return amiss
}

// known are the columns that the contract names.
func (t table) known() (names []string) {
	for _, c := range t.columns {
		names = append(names, c.name)
	}
	return names
}

// typeName is a type without its values: an ENUM lists them.
func typeName(typ string) string {
	name, _, _ := strings.Cut(typ, "(")
	return name
}

// Contract is the contract as CSV: table, column, type, nullable, key.
func Contract() string { return contractCSV }

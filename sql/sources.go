package sql

import (
	"embed"
	"encoding/csv"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// Cases are the unit cases of the models, one document per model, and the tables that sources have.
//
//go:embed tests
var Cases embed.FS

// EmptySources is SQL that creates every source table that models read: the case store's from its contract (table, column,
// type), the lists of the rules, and what Cases declare. A few have rows, such as config.settings.
func EmptySources(rules fs.FS, caseStore io.Reader) (string, error) {
	lines, err := csv.NewReader(caseStore).ReadAll()
	if err != nil {
		return "", fmt.Errorf("read the case store's contract: %w", err)
	}
	columns := map[string][]string{}
	for _, line := range lines[1:] {
		table := "casestore." + line[0]
		columns[table] = append(columns[table], line[1]+" "+line[2])
	}
	lists, err := Lists(rules)
	if err != nil {
		return "", err
	}
	for _, list := range lists {
		columns["config."+list.Name] = []string{list.Columns}
	}
	declared, err := Cases.ReadFile("tests/sources.sql")
	if err != nil {
		return "", fmt.Errorf("read sources: %w", err)
	}
	var statements, schemas []string
	for _, line := range strings.Split(string(declared), "\n") {
		if table, found := strings.CutPrefix(line, "create table "); found {
			schemas = append(schemas, table)
		}
	}
	for table, list := range columns {
		statements = append(statements, "create table "+table+" ("+strings.Join(list, ", ")+");\n")
		schemas = append(schemas, table)
	}
	for i, table := range schemas {
		schema, _, _ := strings.Cut(table, ".")
		schemas[i] = `create schema "` + schema + "\";\n"
	}
	slices.Sort(schemas)
	slices.Sort(statements)
	all := strings.Join(append(slices.Compact(schemas), statements...), "") + string(declared)
	return strings.ReplaceAll(all, "create table extract.", `create table "extract".`), nil
}

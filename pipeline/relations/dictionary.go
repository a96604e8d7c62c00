package relations

import (
	"cmp"
	"slices"
	"strings"

	"careshare/load/agreement"
	"careshare/pipeline/config"
)

// Arrow stands between the models that a column passes.
const Arrow = " → "

// dictionaryRelations are the contracts as BI is promised them, and by which models each column comes about.
func dictionaryRelations(in Inputs) []Relation {
	columns, models := []Row{}, map[string]bool{}
	for _, agreed := range in.Agreement.Datasets {
		contract, known := in.Contracts.Find(agreed.Name)
		if agreed.Audience != config.BIAudience || !known {
			continue
		}
		models[agreed.Name] = true
		for i, column := range contract.Columns {
			if slices.Contains(agreed.Columns, column.Name) {
				columns = append(columns, dictionaryRow(in, contract, column, i+1))
				made, _, _ := strings.Cut(column.From, ".")
				models[made] = true
			}
		}
	}
	return []Relation{
		{"dictionary", "dataset varchar, version varchar, description varchar, position integer, column_name varchar, type varchar, is_nullable boolean, " +
			"meaning varchar, unit varchar, since varchar, deprecated_since varchar, remove_on date, use_instead varchar, given_up_as integer, " +
			"made_from varchar, made_through varchar, sources varchar", columns},
		{"lineage", "model varchar, file varchar, why varchar, reads varchar, sources varchar", lineage(in, models)},
	}
}

func dictionaryRow(in Inputs, contract agreement.Contract, column agreement.ContractColumn, position int) Row {
	r := Row{
		"dataset": contract.Name, "version": contract.Version, "description": contract.Description, "position": position,
		"column_name": column.Name, "type": column.Type, "is_nullable": column.Nullable, "meaning": column.Meaning,
		"since": cmp.Or(column.Since, "1.0"), "made_from": cmp.Or(column.From, contract.Name),
	}
	if column.Unit != "" {
		r["unit"] = column.Unit
	}
	if d := column.Deprecated; d != nil {
		r["deprecated_since"], r["remove_on"], r["use_instead"] = d.Since, d.RemoveOn, d.Use
	}
	if i := slices.Index(contract.GivesUp, column.Name); i >= 0 {
		r["given_up_as"] = i + 1
	}
	origin := originOf(contract, column)
	way := in.Models.Way(origin, contract.Name)
	if strings.Contains(origin, ".") { // it is among the sources already
		way = way[1:]
	}
	r["made_through"] = strings.Join(way, Arrow)
	r["sources"] = strings.Join(in.Models.Sources(origin), ", ")
	return r
}

// originOf is the model that a column's contract says it is made from, or a source; else the dataset's own.
func originOf(contract agreement.Contract, column agreement.ContractColumn) string {
	schema, name, found := strings.Cut(column.From, ".")
	switch {
	case !found:
		return contract.Name
	case schema == "config":
		return schema + "." + name
	}
	return schema
}

// lineage are the models that columns are made from, each with the sources that it rests on.
func lineage(in Inputs, wanted map[string]bool) []Row {
	rows := []Row{}
	for _, model := range in.Models.Tables {
		if wanted[model.Name] {
			rows = append(rows, Row{
				"model": model.Name, "file": "sql/" + model.Folder + "/" + model.Name + ".sql", "why": model.Why,
				"reads": strings.Join(model.Reads, ", "), "sources": strings.Join(in.Models.Sources(model.Name), ", "),
			})
		}
	}
	return rows
}

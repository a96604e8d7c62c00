package pipeline

import (
	"cmp"
	"slices"
	"strings"

	"careshare/load/agreement"
)

const arrow = " → "

// dictionaryRelations are the contracts as BI is promised them, and by which models each column comes about.
func dictionaryRelations(in inputs) []relation {
	columns, models := []row{}, map[string]bool{}
	for _, agreed := range in.agreement.Datasets {
		contract, known := in.contracts.Find(agreed.Name)
		if agreed.Audience != biAudience || !known {
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
	return []relation{
		{"dictionary", "dataset varchar, version varchar, description varchar, position integer, column_name varchar, type varchar, is_nullable boolean, " +
			"meaning varchar, unit varchar, since varchar, deprecated_since varchar, remove_on date, use_instead varchar, given_up_as integer, " +
			"made_from varchar, made_through varchar, sources varchar", columns},
		{"lineage", "model varchar, file varchar, why varchar, reads varchar, sources varchar", lineage(in, models)},
	}
}

func dictionaryRow(in inputs, contract agreement.Contract, column agreement.ContractColumn, position int) row {
	r := row{
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
	if i := slices.Index(in.agreement.DeIdentification[biAudience].QuasiIdentifiers[contract.Name], column.Name); i >= 0 {
		r["given_up_as"] = i + 1
	}
	origin := originOf(contract, column)
	way := in.models.Way(origin, contract.Name)
	if strings.Contains(origin, ".") { // it is among the sources already
		way = way[1:]
	}
	r["made_through"] = strings.Join(way, arrow)
	r["sources"] = strings.Join(in.models.Sources(origin), ", ")
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
func lineage(in inputs, wanted map[string]bool) []row {
	rows := []row{}
	for _, model := range in.models.Tables {
		if wanted[model.Name] {
			rows = append(rows, row{
				"model": model.Name, "file": "sql/" + model.Folder + "/" + model.Name + ".sql", "why": model.Why,
				"reads": strings.Join(model.Reads, ", "), "sources": strings.Join(in.models.Sources(model.Name), ", "),
			})
		}
	}
	return rows
}

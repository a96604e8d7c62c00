package transform

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// register adds what the program makes itself from the contracts: each dataset from its candidates, and the lists of all
// datasets that the decisions, the checks and the conservation table read. A model of the same name is refused.
func (m Models) register(datasets []dataset) (Models, error) {
	if len(datasets) == 0 {
		return m, nil
	}
	var decided, shared, cleared []dataset
	for i, d := range datasets {
		if !d.hasCandidates() {
			continue
		}
		if d.decidedAs() == d.Name || d.Gate == ByClearance {
			if len(d.Sources) == 0 {
				return m, fmt.Errorf("load models: dataset %s has no sources: name the relations whose rows the conservation table counts", d.Name)
			}
		}
		at := slices.IndexFunc(m.Tables, func(t Model) bool { return t.Name == candidatesOf(d.Name) })
		if at < 0 {
			return m, fmt.Errorf("load models: dataset %s has gate %s and no model %s: the model returns candidate rows, and the program lets the rows out", d.Name, d.Gate, candidatesOf(d.Name))
		}
		datasets[i].candidates = m.Tables[at].Grain
		d = datasets[i]
		if d.Gate == ByClearance {
			m.Tables = append(m.Tables, d.tiers(), d.shown())
			cleared = append(cleared, d)
			continue
		}
		m.Tables = append(m.Tables, d.shared())
		shared = append(shared, d)
		if d.Gate == ByDecisions {
			decided = append(decided, d)
		}
	}
	m.Tables = append(m.Tables, listed(decided), candidates(decided), counted(decided), published(decided), disclosed(shared))
	m.Tables = append(m.Tables, accounts(cleared), shownRows(cleared), shownDates(cleared), classes(cleared))
	return m, nil
}

// generated is a model that the program writes; its header is proved as any other's.
func generated(name, folder, why string, grain, reads []string, query string) Model {
	slices.Sort(reads)
	return Model{Name: name, Folder: folder, Why: why, Grain: grain, Reads: slices.Compact(reads), Query: query}
}

// shared is a dataset's table: the candidates about people whose decision says shared, with their NHS number.
func (d dataset) shared() Model {
	columns := make([]string, len(d.Columns))
	for i, column := range d.Columns {
		columns[i] = "candidates." + column.Name
		if column.Name == "nhs_number" {
			columns[i] = "shared.nhs_number"
		}
	}
	query := fmt.Sprintf(`select
    %s
from %s as candidates
inner join int_shared as shared on shared.person_id = candidates.%s and shared.dataset = '%s'
where candidates.%s is null`, strings.Join(columns, ",\n    "), candidatesOf(d.Name), d.Subject, d.decidedAs(), excludedAs)
	model := generated(d.Name, d.folder, "The candidate rows about people whose decision says shared, with their NHS number. The program makes this table from the contract.",
		d.Grain, []string{candidatesOf(d.Name), "int_shared"}, query)
	model.Audience, model.Dataset = d.Audiences[0], d.Name
	return model
}

// union is one select for each dataset; for none a select without rows.
func union(datasets []dataset, none string, query func(dataset) string) string {
	if len(datasets) == 0 {
		return "select " + none + " where false"
	}
	parts := make([]string, len(datasets))
	for i, d := range datasets {
		parts[i] = query(d)
	}
	return strings.Join(parts, "\nunion all\n")
}

func readsOf(datasets []dataset, of func(dataset) []string) (reads []string) {
	for _, d := range datasets {
		reads = append(reads, of(d)...)
	}
	return reads
}

// listed are the datasets with decisions of their own.
func listed(datasets []dataset) Model {
	return generated("int_datasets", "share", "The datasets about people that have decisions of their own, from the contracts. No other can leave by a decision, whatever an agreement says.",
		[]string{"dataset"}, nil, union(datasets, "cast(null as varchar) as dataset, cast(null as varchar) as direction", func(d dataset) string {
			direction := d.Direction
			if direction == "" {
				direction = "none"
			}
			return fmt.Sprintf("select '%s' as dataset, '%s' as direction", d.Name, direction)
		}))
}

// candidates count what each dataset could have had about each person.
func candidates(datasets []dataset) Model {
	rows := union(datasets, "cast(null as varchar) as dataset, cast(null as bigint) as person_id, cast(null as varchar) as excluded_as", func(d dataset) string {
		return fmt.Sprintf("    select '%s' as dataset, %s as person_id, %s from %s", d.Name, d.Subject, excludedAs, candidatesOf(d.Name))
	})
	return generated("int_candidates", "share", "How many rows each dataset could have had about each person, and how many are left out for what they are. A null person is nobody whom the case store knows.",
		[]string{"dataset", "person_id", excludedAs}, readsOf(datasets, func(d dataset) []string { return []string{candidatesOf(d.Name)} }),
		"with candidates as (\n"+rows+"\n)\n\nselect dataset, person_id, excluded_as, count(*) as count_rows\nfrom candidates\ngroup by dataset, person_id, excluded_as")
}

// counted counts the sources where they are, and not where the datasets are made, so that a row lost on the way is missed.
func counted(datasets []dataset) Model {
	return generated("int_dataset_sources", "share", "How many rows the sources hold for each dataset, counted before the datasets are made, so that a row lost on the way is missed.",
		[]string{"dataset"}, readsOf(datasets, dataset.sourceTables),
		union(datasets, "cast(null as varchar) as dataset, cast(null as varchar) as source, cast(null as bigint) as count_rows", func(d dataset) string {
			return fmt.Sprintf("select '%s' as dataset, '%s' as source, %s as count_rows", d.Name, d.origin(), d.count())
		}))
}

// published is who is in which dataset, read back from the tables as they will leave.
func published(datasets []dataset) Model {
	rows := union(datasets, "cast(null as varchar) as dataset, cast(null as bigint) as person_id, cast(null as varchar) as nhs_number", func(d dataset) string {
		return fmt.Sprintf("    select '%s' as dataset, %s as person_id, nhs_number from %s", d.Name, d.Subject, d.Name)
	})
	return generated("int_published", "share", "Who is in which published dataset with how many rows, read back from the tables as they will leave. The checks compare it with the rules.",
		[]string{"dataset", "person_id", "nhs_number"}, readsOf(datasets, func(d dataset) []string { return []string{d.Name} }),
		"with published as (\n"+rows+"\n)\n\nselect dataset, person_id, nhs_number, count(*) as count_rows\nfrom published\ngroup by dataset, person_id, nhs_number")
}

// disclosed is what was given about whom, in every dataset that a decision publishes.
func disclosed(datasets []dataset) Model {
	return generated("int_disclosed", "share", "How many rows about each person every dataset holds, with the dataset whose decisions apply.",
		[]string{"dataset", "person_id"}, readsOf(datasets, func(d dataset) []string { return []string{d.Name} }),
		union(datasets, "cast(null as varchar) as dataset, cast(null as varchar) as decided_as, cast(null as bigint) as person_id, cast(null as bigint) as count_rows", func(d dataset) string {
			return fmt.Sprintf("select '%s' as dataset, '%s' as decided_as, %s as person_id, count(*) as count_rows from %s group by %s", d.Name, d.decidedAs(), d.Subject, d.Name, d.Subject)
		}))
}

// holdContracts compares each dataset's model with its contract: a column that one has and the other lacks is refused by name.
func (m Models) holdContracts(datasets []dataset) error {
	for _, d := range datasets {
		name := d.Name
		if d.hasCandidates() {
			name = candidatesOf(d.Name)
		}
		at := slices.IndexFunc(m.Tables, func(t Model) bool { return t.Name == name })
		if at < 0 {
			return fmt.Errorf("load models: dataset %s has a contract and no model %s", d.Name, name)
		}
		if err := d.holds(m.Tables[at].Columns); err != nil {
			return fmt.Errorf("load models: dataset %s: %w", d.Name, err)
		}
		for _, source := range d.sourceTables() {
			if readsModel(source) && !slices.ContainsFunc(m.Tables, func(t Model) bool { return t.Name == source }) {
				return fmt.Errorf("load models: dataset %s: unknown source %s", d.Name, source)
			}
		}
	}
	return nil
}

// holds compares the columns that the model returns with those that the contract needs of it.
func (d dataset) holds(returned []string) error {
	if len(returned) == 0 {
		return errors.New("the model selects everything (*): name the columns")
	}
	needed := d.needed()
	for _, column := range needed {
		if !slices.Contains(returned, column) {
			return fmt.Errorf("the model does not return column %s, which the contract needs", column)
		}
	}
	for _, column := range returned {
		if !d.hasCandidates() && !slices.Contains(needed, column) {
			return fmt.Errorf("the model returns column %s, which is not in the contract", column)
		}
	}
	return nil
}

// needed are the columns that the model must return: those of the contract, without what the program fills in.
func (d dataset) needed() (columns []string) {
	for _, column := range d.Columns {
		switch {
		case d.hasCandidates() && slices.Contains(filledIn, column.Name):
		case len(column.PseudonymOf) > 0:
			columns = append(columns, column.PseudonymOf...)
		default:
			columns = append(columns, column.Name)
		}
	}
	if d.hasCandidates() {
		columns = append(columns, d.Subject, excludedAs)
	}
	return columns
}

// filledIn are the columns that the program adds to candidate rows.
var filledIn = []string{"nhs_number", "count_given_up", "key_version"}

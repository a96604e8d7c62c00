package transform

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A de-identified dataset shows each row under a pseudonym of its own, so that no key connects two rows of one person, and
// shows no more of a row than k people have in common. Rows with too few alike in one round give up the next column, in the
// contract's order, and are counted again with the others that are left; rows that have nothing left to give up stay here.

// tiers is the model that says how many columns each row gives up.
func (d dataset) tiers() Model {
	givenUp, kept := d.quasiIdentifiers()
	key := d.candidates
	qualified := func(alias string, columns ...[]string) string {
		var all []string
		for _, column := range slices.Concat(columns...) {
			if name := alias + "." + column; !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
		return strings.Join(all, ", ")
	}
	var steps, parts []string
	for tier := range len(givenUp) + 1 {
		from := fmt.Sprintf("alike_%d as rows_\n    cross join int_bi_terms as terms\n    where rows_.count_people < terms.k", tier-1)
		if tier == 0 {
			from = fmt.Sprintf("%s as rows_\n    inner join int_bi_gates as gates on gates.person_id = rows_.%s and gates.gate = ''\n    where rows_.%s is null",
				candidatesOf(d.Name), d.Subject, excludedAs)
		}
		over := "()"
		if looks := qualified("rows_", givenUp[tier:], kept); looks != "" {
			over = "(partition by " + looks + ")"
		}
		steps = append(steps, fmt.Sprintf("alike_%d as (\n    select %s,\n        count(distinct rows_.%s) over %s as count_people\n    from %s\n)",
			tier, qualified("rows_", key, []string{d.Subject}, givenUp, kept), d.Subject, over, from))
		parts = append(parts, fmt.Sprintf("    select %s, %d as tier\n    from alike_%d as rows_\n    cross join int_bi_terms as terms\n    where rows_.count_people >= terms.k",
			qualified("rows_", key), tier, tier))
	}
	query := "with " + strings.Join(steps, ",\n\n") + ",\n\nfinal as (\n" + strings.Join(parts, "\n    union all\n") + "\n)\n\nselect " + strings.Join(key, ", ") + ", tier\nfrom final"
	return generated(tiersOf(d.Name), d.folder, "How many of the quasi-identifiers each row gives up, in the contract's order, so that what is left of it is shared by no fewer than k people.",
		slices.Clone(key), []string{candidatesOf(d.Name), "int_bi_gates", "int_bi_terms"}, query)
}

// shown is the dataset's table: pseudonyms for ids, and null for what is given up.
func (d dataset) shown() Model {
	givenUp, _ := d.quasiIdentifiers()
	columns := make([]string, len(d.Columns))
	for i, column := range d.Columns {
		name := column.Name
		switch at := slices.Index(givenUp, name); {
		case len(column.PseudonymOf) > 0:
			columns[i] = d.pseudonym(column) + " as " + name
		case name == "count_given_up":
			columns[i] = "cast(tiers.tier as integer) as " + name
		case name == "key_version":
			columns[i] = "keys." + name
		case at >= 0:
			columns[i] = fmt.Sprintf("case when tiers.tier < %d then rows_.%s end as %s", at+1, name, name)
		default:
			columns[i] = "rows_." + name
		}
	}
	query := fmt.Sprintf("select\n    %s\nfrom %s as rows_\ninner join %s as tiers on %s\ninner join config.pseudonyms as keys on keys.audience = '%s'",
		strings.Join(columns, ",\n    "), candidatesOf(d.Name), tiersOf(d.Name), d.joined("tiers", "rows_"), d.Audiences[0])
	model := generated(d.Name, d.folder, "The rows that are shown, each under a pseudonym of its own. What too few people have in common is null. The program makes this table from the contract.",
		d.Grain, []string{candidatesOf(d.Name), tiersOf(d.Name), "config.pseudonyms"}, query)
	model.Audience, model.Dataset = d.Audiences[0], d.Name
	return model
}

// joined compares the candidates' grain of two relations.
func (d dataset) joined(one, other string) string {
	var same []string
	for _, column := range d.candidates {
		same = append(same, fmt.Sprintf("%s.%s = %s.%s", one, column, other, column))
	}
	return strings.Join(same, " and ")
}

var starPrefix = regexp.MustCompile(`^(dim|fact)_`)

// pseudonym is made within the dataset's own name space: the same id has another pseudonym in each dataset.
func (d dataset) pseudonym(column datasetColumn) string {
	ids := make([]string, len(column.PseudonymOf))
	for i, id := range column.PseudonymOf {
		ids[i] = "cast(rows_." + id + " as varchar)"
	}
	return fmt.Sprintf("pseudonym(keys.inner_pad, keys.outer_pad, keys.audience, '%s', concat_ws(':', %s))", starPrefix.ReplaceAllString(d.Name, ""), strings.Join(ids, ", "))
}

// rowKey is the column that names a row of a de-identified dataset.
func (d dataset) rowKey() datasetColumn {
	i := slices.IndexFunc(d.Columns, func(c datasetColumn) bool { return len(c.PseudonymOf) > 0 })
	if i < 0 {
		return datasetColumn{}
	}
	return d.Columns[i]
}

// accounts is what became of every row that a de-identified dataset could have shown, each counted for itself.
func accounts(datasets []dataset) Model {
	rows := union(datasets, "cast(null as varchar) as dataset, cast(null as bigint) as rows_in, cast(null as bigint) as rows_out, cast(null as bigint) as out_of_scope, cast(null as bigint) as withheld", func(d dataset) string {
		return fmt.Sprintf(`select
    '%s' as dataset,
    %s as rows_in,
    (select count(*) from %s) as rows_out,
    (select count(*) from %s as rows_
        left join gate_in_episode as episode on episode.person_id = rows_.%s
        where rows_.%s is not null or not coalesce(episode.is_open, false)) as out_of_scope,
    (select count(*) from %s as rows_
        inner join gate_in_episode as episode on episode.person_id = rows_.%s and episode.is_open
        left join %s as tiers on %s
        where rows_.%s is null and tiers.tier is null) as withheld
from int_bi_terms`, d.Name, d.count(), d.Name, candidatesOf(d.Name), d.Subject, excludedAs, candidatesOf(d.Name), d.Subject, tiersOf(d.Name), d.joined("tiers", "rows_"), excludedAs)
	})
	reads := readsOf(datasets, func(d dataset) []string {
		return append(d.sourceTables(), d.Name, candidatesOf(d.Name), tiersOf(d.Name), "gate_in_episode", "int_bi_terms")
	})
	return generated("int_bi_accounts", "bi", "What became of every row that a de-identified dataset could have shown: out of scope, withheld by a gate or because too few people look like it, or shown.",
		[]string{"dataset"}, reads, rows)
}

// shownRows connects each row that is shown with its person's own pseudonym. It stays with the council: it is how a person is
// taken out, and how the classes are counted again.
func shownRows(datasets []dataset) Model {
	rows := union(datasets, "cast(null as varchar) as dataset, cast(null as varchar) as row_key, cast(null as varchar) as person_key", func(d dataset) string {
		return fmt.Sprintf(`select '%s' as dataset, %s as row_key,
    pseudonym(keys.inner_pad, keys.outer_pad, keys.audience, 'person', cast(rows_.%s as varchar)) as person_key
from %s as rows_
inner join %s as tiers on %s
inner join config.pseudonyms as keys on keys.audience = '%s'`, d.Name, d.pseudonym(d.rowKey()), d.Subject, candidatesOf(d.Name), tiersOf(d.Name), d.joined("tiers", "rows_"), d.Audiences[0])
	})
	reads := readsOf(datasets, func(d dataset) []string { return []string{candidatesOf(d.Name), tiersOf(d.Name), "config.pseudonyms"} })
	return generated("int_bi_rows", "bi", "Whose pseudonym each row of a de-identified dataset belongs to. It stays with the council: it is how one person is taken out.",
		[]string{"dataset", "row_key"}, reads, rows)
}

// shownDates are the dates that de-identified datasets show.
func shownDates(datasets []dataset) Model {
	type dated struct{ dataset, column string }
	var all []dated
	var reads, parts []string
	for _, d := range datasets {
		for _, column := range d.Columns {
			if column.Type == "DATE" || strings.HasPrefix(column.Type, "TIMESTAMP") {
				all = append(all, dated{d.Name, column.Name})
			}
		}
	}
	for _, at := range all {
		reads = append(reads, at.dataset)
		parts = append(parts, fmt.Sprintf("select distinct '%s' as dataset, '%s' as column_name, %s as shown_on from %s where %s is not null", at.dataset, at.column, at.column, at.dataset, at.column))
	}
	query := strings.Join(parts, "\nunion all\n")
	if query == "" {
		query = "select cast(null as varchar) as dataset, cast(null as varchar) as column_name, cast(null as date) as shown_on where false"
	}
	return generated("int_bi_dates", "bi", "Every date that a de-identified dataset shows, for the check that none is more exact than agreed.",
		[]string{"dataset", "column_name", "shown_on"}, reads, query)
}

// classes count the people who share all that a row shows, in the tables as they will leave: the tiers say how it should be,
// this says how it is. A row that nobody is known behind counts nobody.
func classes(datasets []dataset) Model {
	rows := union(datasets, "cast(null as varchar) as dataset, cast(null as bigint) as count_people", func(d dataset) string {
		givenUp, kept := d.quasiIdentifiers()
		by := slices.Concat(kept, givenUp)
		if slices.ContainsFunc(d.Columns, func(c datasetColumn) bool { return c.Name == "count_given_up" }) {
			by = append(by, "count_given_up")
		}
		return fmt.Sprintf(`    select '%s' as dataset, count(distinct shown.person_key) as count_people
    from %s as rows_
    left join int_bi_rows as shown on shown.dataset = '%s' and shown.row_key = rows_.%s
    group by rows_.%s`, d.Name, d.Name, d.Name, d.rowKey().Name, strings.Join(by, ", rows_."))
	})
	reads := readsOf(datasets, func(d dataset) []string { return []string{d.Name, "int_bi_rows"} })
	return generated("int_bi_classes", "bi", "How many people share all that a row of a de-identified dataset shows, counted in the tables as they will leave.",
		[]string{"dataset", "count_people"}, reads,
		"with classes as (\n"+rows+"\n)\n\nselect dataset, count_people, count(*) as count_classes\nfrom classes\ngroup by dataset, count_people")
}

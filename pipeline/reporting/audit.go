package reporting

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"careshare/load/lake"
	"careshare/pipeline/snapshot"
	"careshare/reports"
)

// auditExtracts are the audit datasets of the extract, with the title of each.
var auditExtracts = [...]struct{ dataset, title, note string }{
	{"consent_refusals", "Every refusal: who asked, what it stops, and whether it was honoured", "One row for each refusal, person and dataset. Rows stopped: what the refusal keeps back in this snapshot; 0 where another gate closed first. Rows shared: what this snapshot publishes about the person. Honoured: the refusal stands and nothing is shared. The check named last stops a run that would share despite a refusal. Anybody can prove each row: careshare verify --proof audit-extracts.proof.json --file audit-extracts.xlsx --root ROOT."},
	{"consent_requests", "Every request for consent and its answer", "One row for each request, person and dataset."},
	{"disclosures", "Every disclosure of this snapshot", "What was given about whom, to which audience, on which basis, under which agreement and consent."},
	{"withheld", "Everything withheld, and by which gate", "Rows are counted; of what was withheld the content is not kept."},
	{"matters_for_review", "Conflicts, overrides and matters for review", "It includes everybody whom the council withholds manually."},
	{"conservation", "Every row accounted for", "Rows in = rows out + withheld + out of scope + quarantined + merged. A run in which the difference is not 0 publishes nothing."},
}

// Provable are the datasets of the extract: an auditor can check each of their rows.
func Provable() (names []string) {
	for _, extract := range auditExtracts {
		names = append(names, extract.dataset)
	}
	return names
}

// sheetRows keeps a sheet below what a spreadsheet program opens, 1,048,576 rows.
const sheetRows = 1_000_000

func makeAuditExtracts(ctx context.Context, from snapshot.Source) error {
	var tables []reports.Table
	for _, extract := range auditExtracts {
		if !slices.ContainsFunc(from.Manifest.Datasets, from.Named(extract.dataset)) {
			continue // the agreement does not publish it
		}
		parts, err := auditTables(ctx, from, extract.dataset, extract.title, extract.note)
		if err != nil {
			return err
		}
		tables = append(tables, parts...)
	}
	tables = append(tables, exemptionTable(from.Manifest))
	about := from.About("report audit-extracts", "Consent and disclosure: the auditors' extracts")
	notes := []string{
		"People appear by the case store's person_id alone; workers and teams by number and name.",
		"The audit log's root on the cover proves the log as it stood when the run began; careshare prove and careshare verify --proof show that a dataset was in it.",
	}
	return from.Write("audit-extracts.xlsx", func(w io.Writer) error { return reports.Workbook(w, from.Scratch, about, notes, tables) })
}

// exemptionTable lists what went to whom without a decision, and by which law.
func exemptionTable(m lake.Manifest) reports.Table {
	rows := [][]string{}
	for _, d := range m.Datasets {
		if d.Exemption != "" {
			rows = append(rows, []string{d.Audience, strings.ReplaceAll(d.Exemption, "_", " "), strings.Join(d.LegalBases, "; "), d.Dataset, d.Purpose})
		}
	}
	slices.SortFunc(rows, func(a, b []string) int { return cmp.Or(strings.Compare(a[0], b[0]), strings.Compare(a[3], b[3])) })
	table := reports.TextTable("exemptions", "What goes out without a decision about the person, and by which law", []string{"Audience", "Exemption", "Legal basis", "Dataset", "Purpose"}, rows)
	table.Notes = []string{"The data sharing agreement names each exemption with its legal basis. An audience that is not listed gets a row only where every gate lets it out."}
	return table
}

// auditTables are a dataset as one table, or several where a sheet cannot hold it.
func auditTables(ctx context.Context, s snapshot.Source, dataset, title, note string) ([]reports.Table, error) {
	i := slices.IndexFunc(s.Manifest.Datasets, s.Named(dataset))
	d := s.Manifest.Datasets[i]
	columns, types, err := lake.Columns(ctx, s.DB, dataset)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", dataset, err)
	}
	longest, err := Longest(ctx, s, dataset, columns)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", dataset, err)
	}
	header, kinds := headings(columns, types)
	var tables []reports.Table
	for offset := int64(0); offset == 0 || offset < d.Rows; offset += sheetRows {
		t := reports.Table{Name: strings.ReplaceAll(dataset, "_", " "), Title: title, Notes: []string{note}, Header: header, Count: int(min(d.Rows-offset, sheetRows)), First: dataset == auditExtracts[0].dataset && offset == 0}
		if offset > 0 {
			part := fmt.Sprint(offset/sheetRows + 1)
			t.Name, t.Title = t.Name+" "+part, t.Title+", part "+part
		}
		for t.Keys < len(columns) && slices.Contains(d.Grain, columns[t.Keys]) {
			t.Keys++
		}
		t.FitPaper(longest)
		query := fmt.Sprintf("select %s from %s order by %s limit %d offset %d", lake.TextsOf(columns), dataset, strings.Join(d.Grain, ", "), int64(sheetRows), offset)
		t.Rows = snapshot.Typed(s.Rows(ctx, query), kinds)
		tables = append(tables, t)
	}
	return tables, nil
}

// headings are a dataset's columns in words, with the kind of each; what a name counts is to be summed.
func headings(columns, types []string) (header []string, kinds []reports.Kind) {
	for i, column := range columns {
		isAmount := !strings.HasSuffix(column, "_id")
		header, kinds = append(header, reports.Heading(column)), append(kinds, reports.KindOf(types[i], isAmount))
	}
	return header, kinds
}

// Longest are the lengths of each column's longest text.
func Longest(ctx context.Context, s snapshot.Source, dataset string, columns []string) ([]int, error) {
	lengths, into := make([]int, len(columns)), make([]any, len(columns))
	var asked []string
	for i, column := range columns {
		asked, into[i] = append(asked, "coalesce(max(length("+lake.TextsOf([]string{column})+")), 0)"), &lengths[i]
	}
	return lengths, s.DB.QueryRowContext(ctx, "select "+strings.Join(asked, ", ")+" from "+dataset).Scan(into...)
}

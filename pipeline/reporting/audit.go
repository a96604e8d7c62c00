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
	{"consent_requests", "Every request for consent and its answer", "One row for each request, person and dataset."},
	{"consent_refusals", "Every refusal and withdrawal, and what it stops", "count_rows_stopped is what the refusal keeps back in this snapshot."},
	{"disclosures", "Every disclosure of this snapshot", "What was given about whom, to which audience, on which basis, under which agreement and consent."},
	{"withheld", "Everything withheld, and by which gate", "Rows are counted; of what was withheld the content is not kept."},
	{"matters_for_review", "Conflicts, overrides and matters for review", "Who is withheld by the council's own word stands here too."},
	{"conservation", "Every row accounted for", "What came in is what went out, was withheld, is out of scope, was quarantined or was merged."},
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
		"The people are named by the case store's person_id alone.",
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
	header, err := lake.Columns(ctx, s.DB, dataset)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", dataset, err)
	}
	longest, err := Longest(ctx, s, dataset, header)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", dataset, err)
	}
	var tables []reports.Table
	for offset := int64(0); offset == 0 || offset < d.Rows; offset += sheetRows {
		t := reports.Table{Name: strings.ReplaceAll(dataset, "_", " "), Title: title, Notes: []string{note}, Header: header}
		if offset > 0 {
			part := fmt.Sprint(offset/sheetRows + 1)
			t.Name, t.Title = t.Name+" "+part, t.Title+", part "+part
		}
		for t.Keys < len(header) && slices.Contains(d.Grain, header[t.Keys]) {
			t.Keys++
		}
		t.FitPaper(longest)
		query := fmt.Sprintf("select %s from %s order by %s limit %d offset %d", lake.TextsOf(header), dataset, strings.Join(d.Grain, ", "), int64(sheetRows), offset)
		t.Rows = s.Rows(ctx, query)
		tables = append(tables, t)
	}
	return tables, nil
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

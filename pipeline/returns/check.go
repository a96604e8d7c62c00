package returns

import (
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"path"
	"path/filepath"
	"text/tabwriter"

	"careshare/load/audit"
	"careshare/load/disk"
	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/snapshot"
	"careshare/reports"
)

// RuleFound is what one rule finds: a cause is one record to mend, which may spoil several rows and children.
type RuleFound struct {
	Rule     string `json:"rule_code"`
	Severity string `json:"severity"`
	Words    string `json:"words"`
	Causes   int64  `json:"causes"`
	People   int64  `json:"people"`
	Rows     int64  `json:"rows"`
}

// CountedChange is how often something came, went or changed.
type CountedChange struct {
	Change string `json:"change"`
	Count  int64  `json:"count"`
}

func printFindings(w io.Writer, found []RuleFound) {
	if len(found) == 0 {
		return
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	defer table.Flush()
	fmt.Fprintln(table, "\nRULE\tSEVERITY\tTO FIX\tPEOPLE\tROWS\tWHAT")
	for _, f := range found {
		fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%d\t%s\n", f.Rule, f.Severity, f.Causes, f.People, f.Rows, f.Words)
	}
	fmt.Fprintln(table)
}

func printChanges(w io.Writer, title string, changes []CountedChange) {
	if len(changes) == 0 {
		return
	}
	fmt.Fprint(w, title, ":")
	for i, c := range changes {
		if i > 0 {
			fmt.Fprint(w, ",")
		}
		fmt.Fprintf(w, " %s %d", c.Change, c.Count)
	}
	fmt.Fprintln(w)
}

// checkReturn counts the findings of a window by rule, and writes them as a workbook: by rule, and one line a cause with the record
// and who can mend it; and what changed, for who signs off.
func checkReturn(ctx context.Context, s snapshot.Source, c config.Config, p config.Period, done *Returned, o Options) (err error) {
	if done.Findings, err = findings(ctx, s, p); err != nil {
		return err
	}
	if done.Changes, err = changes(ctx, s, p); err != nil {
		return err
	}
	again := fmt.Sprintf("return %s --year %s --check --to .", p.Return, p.Collection())
	if o.On != "" {
		again += " --on " + o.On
	}
	about := s.About(again, fmt.Sprintf("Return %s of %s: what its rules find", p.Return, p.Collection()))
	columns := []string{"Rule", "Severity", "What is wrong", "Person", "Event", "Table", "Record", "Field", "Rows", "Worker", "Team"}
	tables := []reports.Table{
		{
			Name: "by rule", Title: "What each rule finds", Header: []string{"Rule", "Severity", "What is wrong", "To mend", "People", "Rows"},
			Notes: []string{"One record that spoils several rows of the return is one to mend."}, Widths: []float64{12, 10, 80, 10, 10, 10},
			Rows: byRule(done.Findings), Numeric: []bool{false, false, false, true, true, true},
		},
		{
			Name: "findings", Title: "Each finding, and who can mend it", Header: columns, Widths: []float64{12, 10, 60, 12, 16, 30, 14, 18, 8, 24, 24},
			Notes: []string{"The record is the one of the case store that causes the finding."},
			Rows: snapshot.Typed(s.Rows(ctx, `select rule_code, severity, words, coalesce(cast(person_id as varchar), ''), coalesce(event_reference, ''), coalesce(source_table, ''),
				coalesce(source_key, ''), coalesce(field, ''), cast(rows_affected as varchar), coalesce(worker_name, ''), coalesce(team_name, '')
				from return_findings where return_name = $1 and collection_year = $2 order by team_name, worker_name, person_id, rule_code, position`, p.Return, p.Year), []reports.Kind{3: reports.ID, 8: reports.Amount, 10: reports.Plain}),
		},
	}
	changed, err := changeTables(ctx, s, c, p, o.Against != "")
	if err != nil {
		return err
	}
	tables = append(tables, changed...)
	s.To = filepath.Join(s.To, "check")
	return s.Write("findings-"+p.Folder()+".xlsx", func(w io.Writer) error {
		return reports.Workbook(w, s.Scratch, about, []string{"Rules are those of the collection, by their codes; the sentences are careshare's own."}, tables)
	})
}

// byRule are the rules in the order that the command prints them: what must be mended before what is asked.
func byRule(found []RuleFound) iter.Seq2[[]reports.Cell, error] {
	return func(yield func([]reports.Cell, error) bool) {
		for _, f := range found {
			row := []reports.Cell{{Text: f.Rule}, {Text: f.Severity}, {Text: f.Words}}
			for _, count := range []int64{f.Causes, f.People, f.Rows} {
				number := float64(count)
				row = append(row, reports.Cell{Number: &number})
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// openErrors counts what the collection would refuse; where the agreement publishes no findings, none is known.
func openErrors(ctx context.Context, s snapshot.Source, p config.Period) (count int64, err error) {
	there, err := s.Has(ctx, "return_findings")
	if err != nil || !there {
		return 0, err
	}
	err = s.DB.QueryRowContext(ctx, "select count(*) from return_findings where return_name = $1 and collection_year = $2 and severity = 'error'", p.Return, p.Year).Scan(&count)
	return count, err
}

func findings(ctx context.Context, s snapshot.Source, p config.Period) (found []RuleFound, err error) {
	rows, err := s.DB.QueryContext(ctx, `select rule_code, any_value(severity), any_value(words), count(*), count(distinct person_id), sum(rows_affected)::bigint
		from return_findings where return_name = $1 and collection_year = $2 group by rule_code
		order by case any_value(severity) when 'error' then 1 when 'query' then 2 else 3 end, count(*) desc, rule_code`, p.Return, p.Year)
	if err != nil {
		return nil, fmt.Errorf("read return_findings: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var f RuleFound
		if err := rows.Scan(&f.Rule, &f.Severity, &f.Words, &f.Causes, &f.People, &f.Rows); err != nil {
			return nil, err
		}
		found = append(found, f)
	}
	return found, rows.Err()
}

// changes counts what changed since the last snapshot, where that is known.
func changes(ctx context.Context, s snapshot.Source, p config.Period) ([]CountedChange, error) {
	if there, err := s.Has(ctx, "return_changes"); err != nil || !there {
		return nil, err
	}
	return countChanges(ctx, s, `select replace(change, '_', ' ') as change, count(*) from return_changes
		where return_name = $1 and collection_year = $2 group by all order by all`, p.Return, p.Year)
}

func countChanges(ctx context.Context, s snapshot.Source, query string, args ...any) (changes []CountedChange, err error) {
	rows, err := s.DB.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("count changes: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c CountedChange
		if err := rows.Scan(&c.Change, &c.Count); err != nil {
			return nil, err
		}
		changes = append(changes, c)
	}
	return changes, rows.Err()
}

// signOff records who stands by the files that were made, and their hashes, in a lake that is locked.
func signOff(ctx context.Context, lake *lake.Lake, folder, by string, done *Returned) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return fault.Explain("sign off", err)
	}
	done.SignedBy, done.SHA256 = by, map[string]string{}
	var files []audit.Held
	for _, entry := range entries {
		sum, _, err := disk.HashFile(ctx, filepath.Join(folder, entry.Name()))
		if err != nil {
			return fault.Explain("sign off", err)
		}
		done.SHA256[entry.Name()] = sum
		files = append(files, audit.Held{Path: path.Join(signedFolder(done.Period), entry.Name()), SHA256: sum})
	}
	note := "return " + done.Folder() + " as known on " + done.AsAt
	if done.Errors > 0 {
		note += fmt.Sprintf(", with %s: %s", reports.Counted(done.Errors, "error")+" still open", done.Accepted)
	}
	return lake.SignOff(done.Snapshot, by, note, files)
}

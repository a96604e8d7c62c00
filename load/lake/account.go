package lake

import (
	"context"
	"fmt"
	"slices"

	"careshare/load/fault"
)

// account reads what was withheld and the conservation table, and refuses a run with rows unaccounted for. The two
// relations are tables of a run, or files of a snapshot.
func (s *Staged) account(ctx context.Context, db engine, withheld, conservation string) error {
	if err := s.countWithheld(ctx, db, withheld); err != nil {
		return fmt.Errorf("count withheld: %w", err)
	}
	if err := s.readConservation(ctx, db, conservation); err != nil {
		return fmt.Errorf("read conservation: %w", err)
	}
	return balanced(s.Conservation)
}

// balanced works each sum out again rather than trust the column that says it is right.
func balanced(table []Conservation) error {
	for _, c := range table {
		accounted := c.RowsOut + c.Withheld + c.OutOfScope + c.Quarantined + c.Merged
		if c.Difference != 0 || c.RowsIn != accounted {
			return fault.Hinted("the run's report names the table; nothing was published",
				"balance %s %s %s: %d rows in, %d accounted for: %w", c.Stage, c.Source, c.Table, c.RowsIn, accounted, ErrUnbalanced)
		}
	}
	return nil
}

func (s *Staged) countWithheld(ctx context.Context, db engine, from string) error {
	rows, err := db.QueryContext(ctx, `select dataset, gate, reason, cast(sum(count_rows) as bigint), count(distinct person_id)
		from `+from+` group by dataset, gate, reason order by dataset, gate, reason`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var w WithheldCount
		if err := rows.Scan(&w.Dataset, &w.Gate, &w.Reason, &w.Rows, &w.People); err != nil {
			return err
		}
		s.Withheld = append(s.Withheld, w)
	}
	return rows.Err()
}

func (s *Staged) readConservation(ctx context.Context, db engine, from string) error {
	rows, err := db.QueryContext(ctx, `select stage, source, table_name, rows_in, rows_out, withheld, out_of_scope, quarantined, merged, difference
		from `+from+` order by stage, source, table_name`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var c Conservation
		if err := rows.Scan(&c.Stage, &c.Source, &c.Table, &c.RowsIn, &c.RowsOut, &c.Withheld, &c.OutOfScope, &c.Quarantined, &c.Merged, &c.Difference); err != nil {
			return err
		}
		s.Conservation = append(s.Conservation, c)
	}
	return rows.Err()
}

// holdRows compares the rows that were written with the conservation table, which counts them in the engine: of each dataset
// with a line there as many left as it says.
func (s Staged) holdRows() error {
	for _, c := range s.Conservation {
		i := slices.IndexFunc(s.Datasets, func(d Disclosure) bool { return d.Dataset == c.Table && (d.DecidedAs == c.Table || d.RowKey != "") })
		if i < 0 || c.Stage != "share" && c.Stage != "pseudonymise" {
			continue
		}
		if d := s.Datasets[i]; d.Rows != c.RowsOut {
			return fmt.Errorf("balance %s %s: %d rows were written, the conservation table says %d: %w", c.Stage, c.Table, d.Rows, c.RowsOut, ErrUnbalanced)
		}
	}
	return nil
}

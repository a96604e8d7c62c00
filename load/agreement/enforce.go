package agreement

import (
	"context"
	"fmt"
	"strings"

	"careshare/sql"
)

// Drift is one way in which a table is not what its contract says.
type Drift struct {
	Dataset string `json:"dataset"`
	Column  string `json:"column,omitempty"`
	Rule    string `json:"rule"` // names types and counts, never a value
}

// DriftError holds every drift of one dataset; the run stops.
type DriftError []Drift

func (e DriftError) Error() string {
	said := make([]string, len(e))
	for i, d := range e {
		said[i] = strings.TrimSpace(d.Column + " " + d.Rule)
	}
	return fmt.Sprintf("hold %s to its contract: %s", e[0].Dataset, strings.Join(said, "; "))
}

// Enforce compares the table of the contract's name with the contract: columns, types, nulls, and that the grain
// names one row. The error is a DriftError where the table is at fault.
func Enforce(ctx context.Context, db *sql.DB, c Contract) error {
	drift, err := shapeDrift(ctx, db, c)
	if err == nil && len(drift) == 0 {
		drift, err = rowDrift(ctx, db, c)
	}
	if err != nil {
		return fmt.Errorf("hold %s to its contract: %w", c.Name, err)
	}
	if len(drift) > 0 {
		return DriftError(drift)
	}
	return nil
}

func shapeDrift(ctx context.Context, db *sql.DB, c Contract) ([]Drift, error) {
	found, err := describe(ctx, db, "from "+sql.QuoteName(c.Name))
	if err != nil {
		return nil, err
	}
	agreed, err := contractTypes(ctx, db, c)
	if err != nil {
		return nil, err
	}
	var drift []Drift
	for _, column := range c.Columns {
		switch kind, there := found[column.Name]; {
		case !there:
			drift = append(drift, Drift{c.Name, column.Name, "is missing"})
		case kind != agreed[column.Name]:
			drift = append(drift, Drift{c.Name, column.Name, fmt.Sprintf("is %s, the contract says %s", kind, agreed[column.Name])})
		}
		delete(found, column.Name)
	}
	for name := range found {
		drift = append(drift, Drift{c.Name, name, "is not in the contract"})
	}
	return drift, nil
}

// contractTypes has the engine spell the contract's types, so that each of its names for a type is understood.
func contractTypes(ctx context.Context, db *sql.DB, c Contract) (map[string]string, error) {
	casts := make([]string, len(c.Columns))
	for i, column := range c.Columns {
		casts[i] = fmt.Sprintf("cast(null as %s) as %s", column.Type, sql.QuoteName(column.Name))
	}
	return describe(ctx, db, "select "+strings.Join(casts, ", "))
}

func describe(ctx context.Context, db *sql.DB, query string) (map[string]string, error) {
	rows, err := db.QueryContext(ctx, "select column_name, column_type from (describe "+query+")")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	types := map[string]string{}
	for rows.Next() {
		var name, kind string
		if err := rows.Scan(&name, &kind); err != nil {
			return nil, err
		}
		types[name] = kind
	}
	return types, rows.Err()
}

// rowDrift counts nulls where the contract has none, and grains that stand on more than one row.
func rowDrift(ctx context.Context, db *sql.DB, c Contract) ([]Drift, error) {
	grain := sql.QuoteNames(c.Grain)
	counts := []string{fmt.Sprintf("(select count(*) from (select 1 from %s group by %s having count(*) > 1))", sql.QuoteName(c.Name), grain)}
	rules := []Drift{{c.Name, "", "rows share one grain (" + strings.Join(c.Grain, ", ") + ")"}}
	for _, column := range c.Columns {
		if !column.Nullable {
			counts = append(counts, fmt.Sprintf("count(*) filter (where %s is null)", sql.QuoteName(column.Name)))
			rules = append(rules, Drift{c.Name, column.Name, "is null in required rows"})
		}
	}
	bad := make([]int64, len(counts))
	into := make([]any, len(counts))
	for i := range bad {
		into[i] = &bad[i]
	}
	query := fmt.Sprintf("select %s from %s", strings.Join(counts, ", "), sql.QuoteName(c.Name))
	if err := db.QueryRowContext(ctx, query).Scan(into...); err != nil {
		return nil, err
	}
	var drift []Drift
	for i, count := range bad {
		if count == 0 {
			continue
		}
		ids, err := sql.IDs(ctx, db, broken(c, rules[i].Column), idsShown)
		if err != nil {
			return nil, err
		}
		rules[i].Rule = fmt.Sprintf("%s: %d", rules[i].Rule, count)
		if len(ids) > 0 {
			rules[i].Rule += ", look up " + strings.Join(ids, "; ")
		}
		drift = append(drift, rules[i])
	}
	return drift, nil
}

// idsShown is of how many rows a drift shows the ids.
const idsShown = 5

// broken are the rows that break a rule of the contract: a null in a column, or, without a column, a grain that others have too.
func broken(c Contract, column string) string {
	from := "select * from " + sql.QuoteName(c.Name)
	if column != "" {
		return from + " where " + sql.QuoteName(column) + " is null"
	}
	return from + " qualify count(*) over (partition by " + sql.QuoteNames(c.Grain) + ") > 1"
}

package transform

import (
	"context"
	"fmt"
	"strings"

	"careshare/sql"
)

// idsShown is of how many bad rows a check shows the ids; the rest are counted.
const idsShown = 5

// Found is one check's answer.
type Found struct {
	Check    string   // the check's name, or `grain of <model>`
	Severity string   // Block or Warn
	Bad      int64    // how many bad rows; of a grain, how many keys; 0 is good
	Grain    []string // of a grain check: the columns that should name one row
	Why      string   // the rule in words
	IDs      []string // of the first bad rows, `person_id=1, dataset=visits`; the council's own ids, nothing personal
}

// Words say what was found, where to look and by which rule.
func (f Found) Words() string {
	what := fmt.Sprintf("%s: %d bad rows", f.Check, f.Bad)
	switch {
	case len(f.Grain) > 0:
		what = fmt.Sprintf("%s: %d times more than one row has the same %s", f.Check, f.Bad, strings.Join(f.Grain, ", "))
	case f.Bad == 1:
		what = f.Check + ": 1 bad row"
	}
	if len(f.IDs) > 0 {
		what += "; look up " + strings.Join(f.IDs, "; ")
	}
	if f.Bad > int64(len(f.IDs)) && len(f.IDs) == idsShown {
		what += "; and more"
	}
	return what + "\n  rule: " + f.Why
}

// ask counts a check's bad rows and notes the first ids.
func ask(ctx context.Context, db *sql.Tx, check Model) (Found, error) {
	found := Found{Check: check.Name, Severity: check.Severity, Why: check.Why}
	counted := "select count(*) from (\n" + check.Query + "\n) as bad"
	if err := db.QueryRowContext(ctx, counted).Scan(&found.Bad); err != nil {
		return Found{}, sql.WithoutValues(err)
	}
	if found.Bad == 0 {
		return found, nil
	}
	var err error
	found.IDs, err = sql.IDs(ctx, db, check.Query, idsShown)
	return found, err
}

// count returns a model's rows and whether its grain holds, by one scan; the ids are looked for only where it does not.
func count(ctx context.Context, db *sql.Tx, m Model, severity string) (rows int64, found Found, err error) {
	found = Found{Check: "grain of " + m.Name, Severity: severity, Grain: m.Grain, Why: m.Why}
	grain := strings.Join(m.Grain, ", ")
	counted := "select cast(coalesce(sum(rows), 0) as bigint), count(*) filter (where rows > 1) from (select count(*) as rows from main." +
		m.Name + " group by " + grain + ") as keys"
	if err := db.QueryRowContext(ctx, counted).Scan(&rows, &found.Bad); err != nil {
		return 0, Found{}, sql.WithoutValues(err)
	}
	if found.Bad > 0 {
		found.IDs, err = sql.IDs(ctx, db, repeated(m), idsShown)
	}
	return rows, found, err
}

// repeated are the rows of a model that share a grain.
func repeated(m Model) string {
	same := make([]string, len(m.Grain))
	for i, column := range m.Grain {
		same[i] = "keys." + column + " is not distinct from made." + column
	}
	grain := strings.Join(m.Grain, ", ")
	return fmt.Sprintf("select made.* from main.%s as made inner join (select %s from main.%s group by %s having count(*) > 1) as keys on %s",
		m.Name, grain, m.Name, grain, strings.Join(same, " and "))
}

// keepOne leaves one row of each grain: what is published of figures and findings must hold its contract. It returns the rows left.
func keepOne(ctx context.Context, db *sql.Tx, m Model) (rows int64, err error) {
	kind := "table"
	if m.View {
		kind = "view"
	}
	for _, statement := range []string{
		fmt.Sprintf("create table main.one_row_of_each as select distinct on (%s) * from main.%s order by all", strings.Join(m.Grain, ", "), m.Name),
		fmt.Sprintf("drop %s main.%s", kind, m.Name),
		fmt.Sprintf("create table main.%s as from main.one_row_of_each", m.Name),
		"drop table main.one_row_of_each",
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return 0, sql.WithoutValues(err)
		}
	}
	err = db.QueryRowContext(ctx, "select count(*) from main."+m.Name).Scan(&rows)
	return rows, sql.WithoutValues(err)
}

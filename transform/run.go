package transform

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"careshare/sql"
)

// keysShown is how many bad rows a check names; the rest are counted.
const keysShown = 5

// Result is what a run made and found.
type Result struct {
	Models []Made
	Checks []Found // a grain check for each model, then the checks
}

// Made is one table or view with its rows.
type Made struct {
	Name string
	Rows int64
}

// Found is one check's answer.
type Found struct {
	Check    string   // the check's name, or `grain of <model>`
	Severity string   // Block or Warn
	Bad      int64    // how many bad rows; 0 is good
	Keys     []string // of the first bad rows, `person_id=1, dataset=visits`; the case store's own keys, nothing personal
}

// Blocked are the checks that forbid publishing.
func (r Result) Blocked() []Found {
	var blocked []Found
	for _, found := range r.Checks {
		if found.Severity == Block && found.Bad > 0 {
			blocked = append(blocked, found)
		}
	}
	return blocked
}

// Step fills a table that models read and that no model can make: it runs before the first of them, when all that this one
// reads besides is made.
type Step struct {
	Fills string // schema.table
	Do    func(context.Context) error
}

// Run makes the needed models in the schema main, each as soon as what it reads is made, and asks each grain and each check.
// A bad answer is no error: it stands in the result. Errors name the model and the engine's class of error, never a value.
func Run(ctx context.Context, db *sql.DB, models Models, steps ...Step) (Result, error) {
	needed := models.Needed()
	result := Result{Models: make([]Made, len(needed)), Checks: make([]Found, len(needed)+len(models.Checks))}
	var tasks []task
	for _, step := range steps {
		reads, isRead := step.reads(needed)
		if !isRead {
			continue
		}
		tasks = append(tasks, task{step.Fills, reads, func(ctx context.Context) error {
			if err := step.Do(ctx); err != nil {
				return fmt.Errorf("fill %s: %w", step.Fills, sql.WithoutValues(err))
			}
			return nil
		}})
	}
	for i, model := range needed {
		tasks = append(tasks, task{model.Name, model.Reads, within(db, func(ctx context.Context, db *sql.Tx) (err error) {
			if err := makeModel(ctx, db, model); err != nil {
				return fmt.Errorf("make %s: %w", model.Name, err)
			}
			if result.Models[i].Rows, result.Checks[i], err = count(ctx, db, model); err != nil {
				return fmt.Errorf("grain of %s: %w", model.Name, err)
			}
			result.Models[i].Name = model.Name
			return nil
		})})
	}
	for i, check := range models.Checks {
		tasks = append(tasks, task{check.Name, check.Reads, within(db, func(ctx context.Context, db *sql.Tx) (err error) {
			if result.Checks[len(needed)+i], err = ask(ctx, db, check); err != nil {
				return fmt.Errorf("check %s: %w", check.Name, err)
			}
			return nil
		})})
	}
	err := inOrder(ctx, tasks)
	return result, err
}

// within does a task in a transaction of its own: the engine plans a statement a second time where the catalog has changed
// since the first, and each model that is done meanwhile changes what those outside a transaction see of it.
func within(db *sql.DB, do func(context.Context, *sql.Tx) error) func(context.Context) error {
	return func(ctx context.Context) error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return sql.WithoutValues(err)
		}
		defer tx.Rollback() // of no effect after the commit
		if err := do(ctx, tx); err != nil {
			return err
		}
		return sql.WithoutValues(tx.Commit())
	}
}

// reads is what the first of the step's readers reads besides; rules of a council's own may have none.
func (s Step) reads(needed []Model) (besides []string, isRead bool) {
	first := slices.IndexFunc(needed, func(m Model) bool { return slices.Contains(m.Reads, s.Fills) })
	if first < 0 {
		return nil, false
	}
	return slices.DeleteFunc(slices.Clone(needed[first].Reads), func(read string) bool { return read == s.Fills }), true
}

func makeModel(ctx context.Context, db *sql.Tx, m Model) error {
	kind := "table"
	if m.View {
		kind = "view"
	}
	_, err := db.ExecContext(ctx, "create "+kind+" main."+m.Name+" as\n"+m.Query)
	return sql.WithoutValues(err)
}

// count returns a model's rows and whether its grain holds, by one scan; the bad keys are looked for only where there are any.
func count(ctx context.Context, db *sql.Tx, m Model) (rows int64, found Found, err error) {
	check := grainCheck(m)
	found = Found{Check: check.Name, Severity: check.Severity}
	counted := "select cast(coalesce(sum(rows), 0) as bigint), count(*) filter (where rows > 1) from (select count(*) as rows from main." +
		m.Name + " group by " + strings.Join(m.Grain, ", ") + ") as keys"
	if err := db.QueryRowContext(ctx, counted).Scan(&rows, &found.Bad); err != nil {
		return 0, Found{}, sql.WithoutValues(err)
	}
	if found.Bad > 0 {
		found, err = ask(ctx, db, check)
	}
	return rows, found, err
}

// grainCheck returns the keys that stand on more than one row.
func grainCheck(m Model) Model {
	return Model{
		Name:     "grain of " + m.Name,
		Severity: Block,
		Grain:    m.Grain,
		Query:    grainOf(m.Name, m.Grain),
	}
}

func grainOf(table string, grain []string) string {
	columns := strings.Join(grain, ", ")
	return "select " + columns + " from main." + table + " group by " + columns + " having count(*) > 1"
}

func ask(ctx context.Context, db *sql.Tx, check Model) (Found, error) {
	found := Found{Check: check.Name, Severity: check.Severity}
	counted := "select count(*) from (\n" + check.Query + "\n) as bad"
	if err := db.QueryRowContext(ctx, counted).Scan(&found.Bad); err != nil {
		return Found{}, sql.WithoutValues(err)
	}
	shown := slices.DeleteFunc(slices.Clone(check.Grain), func(column string) bool { return !impersonal(column) })
	if found.Bad == 0 || len(shown) == 0 {
		return found, nil
	}
	parts := make([]string, len(shown))
	for i, column := range shown {
		parts[i] = fmt.Sprintf("'%s=' || coalesce(%s::varchar, 'null')", column, column)
	}
	rows, err := db.QueryContext(ctx, fmt.Sprintf("select distinct %s as key from (\n%s\n) as bad order by key limit %d",
		strings.Join(parts, " || ', ' || "), check.Query, keysShown))
	if err != nil {
		return Found{}, sql.WithoutValues(err)
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return Found{}, sql.WithoutValues(err)
		}
		found.Keys = append(found.Keys, key)
	}
	return found, sql.WithoutValues(rows.Err())
}

// impersonal reports whether a key column may be shown: the case store's own row ids and the names of our things.
// NHS numbers, and whatever a sender may have made an id from, may not.
func impersonal(column string) bool {
	switch column {
	case "person_id", "workflow_step_id", "consent_request_id", "team_id", "worker_id",
		"dataset", "audience", "source", "table_name", "column_name", "stage", "gate", "reason", "decision", "kind",
		"sender", "resource_type", "file", "line":
		return true
	}
	return false
}

package transform

import (
	"context"
	"fmt"
	"slices"

	"careshare/sql"
)

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
// A bad answer is no error: it is in the result. Errors name the model and the engine's class of error, never a value.
func Run(ctx context.Context, db *sql.DB, models Models, steps ...Step) (Result, error) {
	needed := models.Needed()
	result := Result{Models: make([]Made, len(needed)), Checks: make([]Found, len(needed)+len(models.Checks))}
	severity := models.grainSeverities()
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
			result.Models[i].Name = model.Name
			if result.Models[i].Rows, result.Checks[i], err = count(ctx, db, model, severity[model.Name]); err != nil {
				return fmt.Errorf("grain of %s: %w", model.Name, err)
			}
			if found := result.Checks[i]; found.Bad > 0 && found.Severity == Warn && model.Dataset != "" {
				result.Models[i].Rows, err = keepOne(ctx, db, model)
			}
			return err
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

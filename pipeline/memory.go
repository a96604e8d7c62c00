package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"careshare/load"
	"careshare/sql"
)

// remembered are the models that each run starts from as the last one left them. Their rows are only ever added to.
// They are kept among the refined models whatever the agreement lets out of them.
var remembered = [...]string{"nhs_number_decisions", "trace_answers", "trace_requests"}

// memory is what the lake knows from before: the council's and the reviewers' own words, and the models remembered.
type memory struct {
	withheld []load.Withholding
	reviews  []load.Review
	kept     map[string]load.Kept // by model; without one on the first run
}

// remember reads a lake that may not exist yet.
func (j *job) remember(ctx context.Context) (memory, error) {
	m := memory{kept: map[string]load.Kept{}}
	if _, err := os.Stat(j.config.Lake); errors.Is(err, os.ErrNotExist) {
		return m, nil
	}
	lake, err := load.Open(j.config.Lake, j.now)
	if err != nil {
		return m, err
	}
	log, err := lake.Log()
	if err != nil {
		return m, err
	}
	m.withheld = log.WithheldPeople()
	if m.reviews, err = lake.Reviews(); err != nil {
		return m, err
	}
	for _, model := range remembered {
		kept, found, err := lake.Kept(ctx, model)
		if err != nil {
			return m, err
		}
		if found {
			m.kept[model] = kept
		}
	}
	return m, nil
}

// folders are those that the engine must read to remember.
func (m memory) folders() []string {
	var folders []string
	for _, kept := range m.kept {
		folders = append(folders, filepath.Dir(kept.Path))
	}
	return folders
}

// inputs are the remembered models as the manifest names them: the same inputs give the same bytes.
func (m memory) inputs() []load.Input {
	var inputs []load.Input
	for _, model := range remembered {
		if kept, found := m.kept[model]; found {
			inputs = append(inputs, load.Input{Source: "previous", Name: model, Rows: *kept.File.Rows, Bytes: kept.File.Bytes, SHA256: kept.File.SHA256})
		}
	}
	return inputs
}

// createPrevious makes each remembered model under schema previous, without rows where there is nothing to remember.
func (m memory) createPrevious(ctx context.Context, db *sql.DB, contracts load.Contracts) error {
	statements := []string{"create schema previous"}
	for _, model := range remembered {
		contract, known := contracts.Find(model)
		if !known {
			return fmt.Errorf("remember %s: no contract of that name", model)
		}
		var columns, names []string
		for _, column := range contract.Columns {
			columns = append(columns, column.Name+" "+column.Type)
			names = append(names, column.Name)
		}
		kept, found := m.kept[model]
		if !found {
			statements = append(statements, fmt.Sprintf("create table previous.%s (%s)", model, strings.Join(columns, ", ")))
			continue
		}
		statements = append(statements, fmt.Sprintf("create view previous.%s as select %s from read_parquet(%s)",
			model, strings.Join(names, ", "), sql.Quote(kept.Path)))
	}
	for _, statement := range statements {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("remember: %w", err)
		}
	}
	return nil
}

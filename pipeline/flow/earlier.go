package flow

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"careshare/load/agreement"
	"careshare/load/lake"
	"careshare/sql"
	"careshare/transform/linkage"
)

// carriedOver are the datasets that a run reads from the snapshot before it: what was sent, answered, told and decided must
// not be forgotten when its file leaves the inbox. The models read them as earlier.<dataset>.
var carriedOver = [...]string{
	"cpis_uploads", "cpis_acknowledgements", "cpis_notifications", "cpis_follow_ups", "cpis_inactive_numbers", "cpis_failures",
	"nhs_number_decisions", "trace_answers", "trace_requests", "trends",
}

// comparedWith are the datasets of the snapshot of the moment before: a return is compared with last time. Where a run is made
// again for its moment, that is another snapshot than the one that it remembers by; a return made anew for another window is held
// beside the current one.
var comparedWith = [...]string{"return_periods", "return_rows"}

// earlierTables are all that the models read as earlier.<dataset>.
func earlierTables() []string { return slices.Concat(carriedOver[:], comparedWith[:]) }

// Recall remembers without running, from a lake that may not exist yet: for a plan, which decides in a scratch lake, and for a
// return that is made anew.
func (j *Job) Recall(ctx context.Context) (Memory, error) {
	if !j.Config.MayHaveLake() {
		return Memory{}, nil
	}
	lake, err := j.Config.OpenLake(j.Now)
	if err != nil {
		return Memory{}, err
	}
	return j.remember(ctx, lake)
}

// remember reads what the lake knows. A run gives the one that it holds: what that has read of the audit log is not read anew.
func (j *Job) remember(ctx context.Context, l *lake.Lake) (Memory, error) {
	m := Memory{kept: map[string]lake.Kept{}, linkage: map[string]lake.Kept{}}
	log, err := l.Log()
	if err != nil {
		return m, err
	}
	m.withheld = log.WithheldPeople()
	if m.reviews, err = l.Reviews(); err != nil {
		return m, err
	}
	if m.held, err = heldByCurrent(l); err != nil {
		return m, err
	}
	for _, dataset := range earlierTables() {
		kept, found, err := j.earlier(ctx, l, dataset)
		if err != nil {
			return m, err
		}
		if found {
			m.kept[dataset] = kept
		}
	}
	err = m.rememberLinkage(ctx, l)
	return m, err
}

func (j *Job) earlier(ctx context.Context, lake *lake.Lake, dataset string) (lake.Kept, bool, error) {
	if slices.Contains(comparedWith[:], dataset) && !j.anew {
		return lake.KeptBefore(ctx, dataset, j.AsAt)
	}
	return lake.Kept(ctx, dataset)
}

// folders are those that the engine must read to remember.
func (m Memory) folders() []string {
	var folders []string
	for _, tables := range []map[string]lake.Kept{m.kept, m.linkage} {
		for _, kept := range tables {
			folders = append(folders, filepath.Dir(kept.Path))
		}
	}
	return folders
}

// inputs are what was carried over, as the manifest names it: the same inputs give the same bytes.
func (m Memory) inputs() []lake.Input {
	var inputs []lake.Input
	add := func(name string, tables map[string]lake.Kept) {
		if kept, found := tables[name]; found {
			inputs = append(inputs, lake.Input{Source: "earlier", Name: name, Rows: *kept.File.Rows, Bytes: kept.File.Bytes, SHA256: kept.File.SHA256})
		}
	}
	for _, dataset := range earlierTables() {
		add(dataset, m.kept)
	}
	for _, table := range linkage.Remembered() {
		add(table, m.linkage)
	}
	return inputs
}

// CreateEarlier makes the carried-over tables with the columns that their contracts name now; what the snapshot did not
// have yet is null.
func (m Memory) CreateEarlier(ctx context.Context, db *sql.DB, contracts agreement.Contracts) error {
	if _, err := db.ExecContext(ctx, "create schema earlier"); err != nil {
		return fmt.Errorf("create schema earlier: %w", err)
	}
	for _, name := range earlierTables() {
		contract, known := contracts.Find(name)
		if !known {
			return fmt.Errorf("carry over %s: no contract of that name", name)
		}
		kept, published := m.kept[name]
		if err := carryOver(ctx, db, contract, kept.Path, published); err != nil {
			return fmt.Errorf("carry over %s: %w", name, err)
		}
	}
	return nil
}

func carryOver(ctx context.Context, db *sql.DB, contract agreement.Contract, path string, published bool) error {
	var columns, names []string
	for _, column := range contract.Columns {
		columns = append(columns, column.Name+" "+column.Type)
		names = append(names, sql.Quote(column.Name))
	}
	if _, err := db.ExecContext(ctx, fmt.Sprintf("create table earlier.%s (%s)", contract.Name, strings.Join(columns, ", "))); err != nil {
		return err
	}
	if !published {
		return nil
	}
	_, err := db.ExecContext(ctx, fmt.Sprintf("insert into earlier.%s by name select columns(c -> c in (%s)) from %s",
		contract.Name, strings.Join(names, ", "), sql.ParquetFile(path)))
	return err
}

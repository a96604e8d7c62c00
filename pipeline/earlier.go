package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"careshare/load"
	"careshare/sql"
)

// carriedOver are the datasets that a run reads from the snapshot before it: what was sent, answered and told must not
// be forgotten when its file leaves the inbox. The models read them as earlier.<dataset>.
var carriedOver = [...]string{"cpis_uploads", "cpis_acknowledgements", "cpis_notifications", "cpis_follow_ups", "cpis_failures"}

// snapshotBefore is the lake's current snapshot; empty where nothing is published yet. A plan, which decides in a
// scratch lake, reads the real one's too.
func (j *job) snapshotBefore() (load.Snapshot, error) {
	if _, err := os.Stat(j.config.Lake); errors.Is(err, os.ErrNotExist) {
		return load.Snapshot{}, nil
	}
	lake, err := load.Open(j.config.Lake, j.now)
	if err != nil {
		return load.Snapshot{}, err
	}
	current, err := lake.Current()
	if errors.Is(err, load.ErrNoSnapshot) {
		return load.Snapshot{}, nil
	}
	return current, err
}

// createEarlier makes the carried-over tables with the columns that their contracts name now; what the snapshot did not
// have yet is null.
func createEarlier(ctx context.Context, db *sql.DB, contracts load.Contracts, before load.Snapshot) error {
	if _, err := db.ExecContext(ctx, "create schema earlier"); err != nil {
		return fmt.Errorf("create schema earlier: %w", err)
	}
	var manifest load.Manifest
	if before.Path != "" {
		var err error
		if manifest, err = before.Manifest(); err != nil {
			return err
		}
	}
	for _, name := range carriedOver {
		contract, known := contracts.Find(name)
		if !known {
			return fmt.Errorf("carry over %s: no contract of that name", name)
		}
		path, published := before.Dataset(manifest, name)
		if err := carryOver(ctx, db, contract, path, published); err != nil {
			return fmt.Errorf("carry over %s: %w", name, err)
		}
	}
	return nil
}

func carryOver(ctx context.Context, db *sql.DB, contract load.Contract, path string, published bool) error {
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
	_, err := db.ExecContext(ctx, fmt.Sprintf("insert into earlier.%s by name select columns(c -> c in (%s)) from read_parquet(%s, hive_partitioning = false)",
		contract.Name, strings.Join(names, ", "), sql.Quote(path)))
	return err
}

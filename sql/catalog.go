package sql

import (
	"context"
	dbsql "database/sql"
	"errors"
	"fmt"
	"os"

	"github.com/duckdb/duckdb-go/v2"
)

// CatalogView is a view of a catalog over Parquet files.
type CatalogView struct {
	Name    string
	Files   string // pattern, relative to where the catalog's readers look from
	Comment string
}

// WriteCatalog writes a DuckDB database that holds views and no rows. A view keeps its pattern as it is given; to make it,
// the pattern is looked up below root.
func WriteCatalog(ctx context.Context, path, root string, views []CatalogView) error {
	connector, err := duckdb.NewConnector(path, nil)
	if err != nil {
		return fmt.Errorf("write catalog: %w", err)
	}
	db := dbsql.OpenDB(connector)
	statements := []string{"set threads = 1", "set file_search_path = " + Quote(root)}
	for _, v := range views {
		statements = append(statements,
			fmt.Sprintf("create view %s as from read_parquet(%s, hive_partitioning = true, hive_types_autocast = false)", v.Name, Quote(v.Files)),
			fmt.Sprintf("comment on view %s is %s", v.Name, Quote(v.Comment)))
	}
	for _, statement := range append(statements, "checkpoint") {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("write catalog: %w", errors.Join(err, db.Close()))
		}
	}
	if err := db.Close(); err != nil {
		return fmt.Errorf("write catalog: %w", err)
	}
	return os.Chmod(path, 0o600)
}

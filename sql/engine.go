// Package sql holds the models and opens the engine that runs them.
package sql

import (
	"context"
	dbsql "database/sql"
	"embed"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
)

// Files are the models, checks, contracts and views of this version of the program.
//
//go:embed macros.sql all:staging all:resolve all:scope all:consent all:cpis all:returns all:share all:bi all:figures all:checks all:explain all:fhir all:views reasons.csv
var Files embed.FS

// The engine's types under the package's own name, so that a file need not import two packages called sql.
type (
	// DB is a pool of connections to one engine.
	DB = dbsql.DB
	// Conn is one connection of a DB.
	Conn = dbsql.Conn
	// Tx is one transaction of a DB.
	Tx = dbsql.Tx
	// Rows are the rows of one query.
	Rows = dbsql.Rows
)

// Options say what an engine may use.
type Options struct {
	Memory  string   // the most that DuckDB may hold, such as 1536MB; what does not fit is spilled
	Threads int      // how many threads DuckDB may use
	Spill   string   // folder for what does not fit in memory, made 0700; empty: one of the engine's own, which goes when it is closed
	Allow   []string // the only folders that the engine may read or write
	Macros  string   // SQL that creates the macros; empty: those that the program ships
}

// AtATime is how many statements an engine is given at once: it gives all its threads to a big one, but small ones, and the
// planning of each, leave them idle. More than a few would divide its memory among too many.
var AtATime = min(runtime.NumCPU(), 4)

// Open starts an engine in memory and closes it to the outside: UTC, no extension installing, no file outside
// the allowed folders, settings locked. The caller closes it.
func Open(ctx context.Context, o Options) (*DB, error) {
	own, err := o.makeSpill()
	if err != nil {
		return nil, fmt.Errorf("open engine: %w", err)
	}
	engine, err := duckdb.NewConnector("", nil)
	if err != nil {
		return nil, fmt.Errorf("open engine: %w", errors.Join(err, os.RemoveAll(own)))
	}
	db := dbsql.OpenDB(connector{engine, own})
	for _, statement := range o.statements() {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			db.Close()
			return nil, fmt.Errorf("open engine: %w", err)
		}
	}
	return db, nil
}

// makeSpill makes the folder before the engine would: what that makes, everybody may read. It returns the path where it is the
// engine's own.
func (o *Options) makeSpill() (own string, err error) {
	if o.Spill != "" {
		return "", os.MkdirAll(o.Spill, 0o700)
	}
	o.Spill, err = os.MkdirTemp("", "careshare-")
	return o.Spill, err
}

// connector takes the engine's own folder away with the engine, and not before.
type connector struct {
	*duckdb.Connector
	own string
}

func (c connector) Close() error { return errors.Join(c.Connector.Close(), os.RemoveAll(c.own)) }

func (o Options) statements() []string {
	macros := o.Macros
	if macros == "" {
		shipped, _ := Files.ReadFile("macros.sql") // embedded: it cannot be missing
		macros = string(shipped)
	}
	allowed := make([]string, 0, len(o.Allow)+1)
	for _, folder := range append([]string{o.Spill}, o.Allow...) {
		allowed = append(allowed, Quote(strings.TrimRight(folder, "/")+"/"))
	}
	return []string{
		"set global timezone = 'UTC'",
		"set autoinstall_known_extensions = false",
		"set autoload_known_extensions = false",
		"set memory_limit = " + Quote(o.Memory),
		fmt.Sprintf("set threads = %d", o.Threads),
		"set temp_directory = " + Quote(o.Spill),
		"set allowed_directories = [" + strings.Join(allowed, ", ") + "]",
		"set enable_external_access = false",
		"set disabled_optimizers = 'top_n_window_elimination'", // in DuckDB 1.5.6 it fails on int_ssda903_placement_posts
		"set lock_configuration = true",
		macros,
	}
}

// Parquet reads files: every column comes from the files, none from a folder's name such as status=live. More options may follow.
func Parquet(paths []string, options ...string) string {
	quoted := make([]string, len(paths))
	for i, path := range paths {
		quoted[i] = Quote(path)
	}
	return "read_parquet([" + strings.Join(quoted, ", ") + "], " + strings.Join(append(options, "hive_partitioning = false"), ", ") + ")"
}

// ParquetFile reads one file.
func ParquetFile(path string) string { return Parquet([]string{path}) }

// Quote writes s as a string literal: for paths and settings, where the engine takes no parameter. Values are bound.
func Quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// QuoteName is a name of a table or column as SQL text.
func QuoteName(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// QuoteNames is a list of such names.
func QuoteNames(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = QuoteName(name)
	}
	return strings.Join(quoted, ", ")
}

// Package extract holds the words that every source shares: the rows that were taken and the rows that were not.
package extract

// Table is one source table as it was taken.
// RowsIn = RowsOut + Quarantined + Merged, or the run fails.
type Table struct {
	Source      string   // "casestore", "health", "cpis", "trace", "optout", "reference": the schema in DuckDB
	From        string   // which of several that fill one schema, such as a health sender; set by the run
	Name        string   // the table's name in DuckDB, within its source's schema
	Path        string   // the Parquet file
	RowsIn      int64    // rows, lines or records that the source held
	RowsOut     int64    // rows in the Parquet file
	Quarantined int64    // rows kept apart, each with a Reject
	Merged      int64    // rows that a newer row of the same key replaced, or that the source deleted
	Extra       []string // columns that the source has and the contract does not; left unread
}

// Reject is one row, line or value that could not be taken. It says where and why; only Raw holds what was there.
type Reject struct {
	Source, Table string
	File          string  // base name of the file; empty for a database
	Line          int64   // from 1; 0 for a database row
	Key           string  // the row's key where it could be read, else empty
	Column        string  // empty where the whole row is at fault
	Rule          string  // such as "not a timestamp", "null in a required column", "not JSON"
	Raw           string  // the row or line as it came
	Private       bool    // of Raw only the hash may be kept, whatever the quarantine keeps of others
	Values        []Value // what could still be read of the row: the run decides by it whom the row may concern
}

// Value is one value of a rejected row that could be read. It stays in the run's private folder.
type Value struct{ Column, Text string }

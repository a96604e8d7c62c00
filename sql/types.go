package sql

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// portableTypes are DuckDB's names, aliases too, of the types that DuckDB, Trino, Spark, Polars and pyarrow all read from Parquet as
// what they are. Parquet has no HUGEINT: DuckDB writes it as DOUBLE. Spark refuses a UUID, Iceberg has no unsigned number.
var portableTypes = []string{
	"BIGINT", "INT8", "INT64", "LONG", "BOOLEAN", "BOOL", "LOGICAL", "DATE", "DECIMAL", "NUMERIC", "DOUBLE", "FLOAT8", "FLOAT", "FLOAT4", "REAL",
	"INTEGER", "INT", "INT4", "INT32", "SIGNED", "SMALLINT", "INT2", "INT16", "SHORT", "TINYINT", "INT1", "TIMESTAMP", "DATETIME",
	"TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ", "VARCHAR", "CHAR", "BPCHAR", "TEXT", "STRING",
}

// PortableHint says what to use instead of a type that not every engine reads.
const PortableHint = "use VARCHAR, BOOLEAN, INTEGER, BIGINT, DOUBLE, DECIMAL, DATE or TIMESTAMP: other engines misread or refuse UUID, unsigned, HUGEINT and INTERVAL columns"

// IsPortable reports whether every engine reads a column of the type.
func IsPortable(kind string) bool {
	name, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(kind)), "(")
	return slices.Contains(portableTypes, strings.TrimSpace(name)) && !strings.Contains(kind, "[")
}

// CheckPortable is an error where a query has a column that not every engine reads.
func CheckPortable(ctx context.Context, db Querier, query string) error {
	columns, err := describe(ctx, db, query)
	if err != nil {
		return err
	}
	for _, column := range columns {
		if name, kind := column[0], column[1]; !IsPortable(kind) {
			return fmt.Errorf("column %s has type %s, which not every engine reads", name, kind)
		}
	}
	return nil
}

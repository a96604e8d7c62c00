package lake

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Types that another engine refuses, or that Parquet does not have, never reach the lake.
func TestOnlyTypesThatEveryEngineReadsAreWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := filepath.Join(w.lake.path, "runs", "part-0.parquet")
	for kind, isPortable := range map[string]bool{
		"uuid": false, "utinyint": false, "usmallint": false, "uinteger": false, "ubigint": false, "hugeint": false, "uhugeint": false,
		"interval": false, "time": false, "bigint[]": false, "struct(a bigint)": false, "blob": false, "timestamp_ns": false,
		"varchar": true, "boolean": true, "tinyint": true, "integer": true, "bigint": true, "double": true, "decimal(5, 2)": true,
		"date": true, "timestamp": true, "timestamptz": true,
	} {
		_, err := copyOut(t.Context(), w.db, "select cast(null as "+kind+") as odd order by all", path)
		switch _, there := os.Stat(path); {
		case isPortable && err != nil:
			t.Errorf("%s: %v", kind, err)
		case !isPortable && (err == nil || !strings.Contains(err.Error(), "column odd has type") || there == nil):
			t.Errorf("%s was written: %v", kind, err)
		}
		_ = os.Remove(path)
	}
}

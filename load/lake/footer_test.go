package lake

import (
	"os"
	"path/filepath"
	"testing"
)

func FuzzFooter(f *testing.F) {
	f.Add([]byte("PAR1\x15\x04\x08\x00\x00\x00PAR1"))
	f.Add([]byte("PAR1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "x.parquet")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if rows, err := footerRows(path); err == nil && rows < 0 {
			t.Errorf("%d rows", rows)
		}
	})
}

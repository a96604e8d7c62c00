package load

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzLog holds that whatever stands in the log's files, it is proved or refused, and never led astray.
func FuzzLog(f *testing.F) {
	f.Add([]byte(`{"number":0,"at":"2026-11-01T07:00:00Z","event":"withheld"}`+"\n"), int64(0), int64(60))
	f.Add([]byte("{}\n{}\n"), int64(1), int64(3))
	f.Fuzz(func(t *testing.T, data []byte, size, bytes int64) {
		lake := &Lake{}
		log := &Log{}
		if log.parse(data) == nil {
			m := log.mark()
			if _, err := lake.prove(data, head{mark: m, Previous: m}); err != nil {
				t.Errorf("the log's own mark does not prove it: %v", err)
			}
		}
		if bytes < 0 {
			return // readHead takes only what this program writes
		}
		_, _ = lake.prove(data, head{mark: mark{Root{Size: size}, bytes}, Previous: mark{Root{Size: size}, bytes / 2}})
	})
}

func FuzzAgreement(f *testing.F) {
	whole, err := os.ReadFile("testdata/agreement.yaml")
	if err != nil {
		f.Fatal(err)
	}
	contracts, err := ReadContracts(os.DirFS("testdata"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add([]byte("datasets:\n  - name: *x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "agreement.yaml")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if a, err := ReadAgreement(path, contracts); err == nil && (a.Version == "" || a.ReviewOn == "") {
			t.Error("an agreement without version or review date was taken")
		}
	})
}

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

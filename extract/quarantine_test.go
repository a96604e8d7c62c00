package extract

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/parquet-go/parquet-go"
)

type quarantined struct {
	Line int64   `parquet:"line"`
	Rule string  `parquet:"rule,optional"`
	Raw  *string `parquet:"raw,optional"`
	Hash string  `parquet:"raw_sha256,optional"`
}

func TestQuarantineKeepsEveryReject(t *testing.T) {
	for name, keepRaw := range map[string]bool{"own source": true, "health source": false} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "q", "part-0.parquet")
			q, err := OpenQuarantine(path, keepRaw)
			if err != nil {
				t.Fatal(err)
			}
			const count = quarantineBatch + 3
			for i := range int64(count) {
				if err := q.Add(Reject{Source: "s", Line: i + 1, Rule: "not JSON", Raw: "{\xff"}); err != nil {
					t.Fatal(err)
				}
			}
			if rows, err := q.Close(); err != nil || rows != count {
				t.Fatalf("Close() = %d, %v; want %d rows", rows, err, count)
			}
			rows, err := parquet.ReadFile[quarantined](path)
			if err != nil {
				t.Fatal(err)
			}
			last := rows[len(rows)-1]
			if len(rows) != count || last.Line != count || last.Rule != "not JSON" || len(last.Hash) != 64 {
				t.Fatalf("read %d rows, last %+v", len(rows), last)
			}
			if (last.Raw != nil) != keepRaw {
				t.Errorf("raw kept: %v, want %v", last.Raw != nil, keepRaw)
			}
			if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
				t.Errorf("mode %v, want 0600", info.Mode().Perm())
			}
		})
	}
}

func TestQuarantineNamesThePlacesOfMost(t *testing.T) {
	q, err := OpenQuarantine(filepath.Join(t.TempDir(), "part-0.parquet"), true)
	if err != nil {
		t.Fatal(err)
	}
	for i := range int64(9) {
		r := Reject{Table: "dm_persons", Column: "date_of_birth", Rule: "not a timestamp", Key: "canary", Raw: "canary", Line: i}
		switch {
		case i >= 8:
			r = Reject{Table: "dm_visits", Rule: "null in a required column"}
		case i >= 5:
			r = Reject{Table: "patient", File: "Patient.0.ndjson", Rule: "not JSON", Line: i}
		}
		if err := q.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := q.Close(); err != nil {
		t.Fatal(err)
	}
	if said := q.Most(2); said != "5 in dm_persons.date_of_birth (not a timestamp), 3 in patient of Patient.0.ndjson (not JSON), 1 elsewhere" {
		t.Error(said)
	}
}

package sql

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// A setting of one connection would leave the pool's next one with the machine's time zone.
func TestEveryConnectionIsInUTC(t *testing.T) {
	t.Setenv("TZ", "Europe/London")
	db, err := Open(t.Context(), Options{Memory: "256MB", Threads: 2, Spill: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for range 3 {
		conn, err := db.Conn(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close() // kept until the end, so that each is another
		var local string
		if err := conn.QueryRowContext(t.Context(), "select cast(cast(timestamptz '2026-07-01 00:00:00+00' as timestamp) as varchar)").Scan(&local); err != nil {
			t.Fatal(err)
		}
		if local != "2026-07-01 00:00:00" {
			t.Errorf("midnight in UTC is %s there", local)
		}
	}
}

// What an engine puts aside on disk are people's rows: nobody else may read them there, and they go with it.
func TestOwnSpillIsPrivateAndGoesWithTheEngine(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	db, err := Open(t.Context(), Options{Memory: "40MB", Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "create temp table wide as select i, hash(i) as h, hash(i + 1) as k from range(4_000_000) r(i)"); err != nil {
		t.Fatal(err)
	}
	spilled, err := filepath.Glob(filepath.Join(os.TempDir(), "*", "*"))
	if err != nil || len(spilled) == 0 {
		t.Fatalf("nothing was put aside: %v", err)
	}
	if info, err := os.Stat(filepath.Dir(spilled[0])); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder is %v, %v", info.Mode(), err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

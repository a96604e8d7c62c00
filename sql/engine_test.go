package sql

import (
	"context"
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

package flow

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"careshare/extract"
	"careshare/pipeline/config"
	"careshare/sql"
)

// A small source is a table, a large one stays a file; both hold the same rows, and a source of several files is one relation.
func TestLargeSourcesStayFiles(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	db, err := sql.Open(t.Context(), sql.Options{Memory: "256MB", Threads: 1, Spill: t.TempDir(), Allow: []string{folder}})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	write := func(name string, rows int) extract.Table {
		path := filepath.Join(folder, name+".parquet")
		if _, err := db.Exec(fmt.Sprintf("copy (select hash(range) as h from range(%d)) to %s (format parquet)", rows, sql.Quote(path))); err != nil {
			t.Fatal(err)
		}
		return extract.Table{Source: "sender", Name: name, Path: path}
	}
	small, large := write("small", 10), write("large", 200_000)
	if err := os.Rename(write("more", 5).Path, filepath.Join(folder, "other")); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(folder, "quarantine", "sender"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(small.Path, filepath.Join(folder, "quarantine", "sender", "part-0.parquet")); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(folder, "unread", "sender"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(small.Path, filepath.Join(folder, "unread", "sender", "part-0.parquet")); err != nil {
		t.Fatal(err)
	}
	again := extract.Table{Source: "sender", Name: "small", Path: filepath.Join(folder, "other")}
	if err := createSources(t.Context(), db, []extract.Table{small, large, again}, filepath.Join(folder, "quarantine"), folder); err != nil {
		t.Fatal(err)
	}
	var views string
	var rows, many int
	err = db.QueryRow(`select (select string_agg(view_name) from duckdb_views() where schema_name = 'sender'),
		(select count(*) from sender.small), (select count(*) from sender.large)`).Scan(&views, &rows, &many)
	if err != nil || views != "large" || rows != 15 || many != 200_000 {
		t.Errorf("views %q, %d and %d rows, %v", views, rows, many, err)
	}
}

// Where there is little to read, one thread does it; else those that are configured.
func TestThreadsByWhatIsRead(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	c := config.Config{Engine: config.Engine{Threads: 4}}
	for bytes, want := range map[int64]int{0: 1, config.LittleToRead - 1: 1, config.LittleToRead: 4} {
		if err := os.WriteFile(filepath.Join(folder, "one"), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(filepath.Join(folder, "one"), bytes); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "two"), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if sized, err := c.SizedFor(folder, filepath.Join(folder, "not there")); err != nil || sized.Engine.Threads != want {
			t.Errorf("%d bytes and one: %d threads, want %d, %v", bytes, sized.Engine.Threads, want, err)
		}
	}
	if c.Engine.Threads != 4 {
		t.Error("the configuration itself was changed")
	}
}

// After a step that fails no other is begun: it would only add that something is missing.
func TestStepsEndWithTheFirstThatFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	err := runUntilError(func() error { return nil }, func() error { return broken }, func() error { t.Error("went on"); return broken })
	if err != broken {
		t.Errorf("%v, want the step's own error alone", err)
	}
}

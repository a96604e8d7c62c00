package lake

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"careshare/load/audit"
)

func (w *world) verify(readData bool) []Finding {
	w.Helper()
	v, err := Verify(w.Context(), w.lake, VerifyOptions{ReadData: readData})
	w.ok(err)
	return v.Findings
}

// everyFile is every file that a lake has published, its log included.
func (w *world) everyFile() []string {
	w.Helper()
	return append(w.everySnapshotFile(), audit.LogPath(w.lake.audit()), audit.HeadPath(w.lake.audit()))
}

func (w *world) everySnapshotFile() (paths []string) {
	w.Helper()
	w.ok(filepath.WalkDir(w.lake.snapshots(), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			paths = append(paths, path)
		}
		return err
	}))
	return paths
}

func TestVerifyFindsAnyFlippedByte(t *testing.T) {
	w := newWorld(t)
	w.publish(asAt)
	w.publish(later)
	if found := w.verify(true); len(found) > 0 {
		t.Fatalf("a sound lake: %v", found)
	}
	w.ok(w.lake.Unlock()) // so that looking leaves no entries
	for _, path := range w.everyFile() {
		whole, err := os.ReadFile(path)
		w.ok(err)
		info, err := os.Stat(path)
		w.ok(err)
		places := []int{0, 1, len(whole) / 4, len(whole) / 3, len(whole) / 2, len(whole) * 3 / 4, len(whole) - 9, len(whole) - 5, len(whole) - 2, len(whole) - 1}
		for _, place := range slices.Compact(places) {
			if place < 0 {
				continue
			}
			spoilt := slices.Clone(whole)
			spoilt[place] ^= 0x20
			w.ok(os.WriteFile(path, spoilt, info.Mode()))
			if len(w.verify(true)) == 0 {
				t.Errorf("%s: byte %d of %d is not seen", path, place, len(whole))
			}
		}
		w.ok(os.WriteFile(path, whole, info.Mode()))
	}
	if found := w.verify(true); len(found) > 0 {
		t.Fatalf("put right again: %v", found)
	}
}

func TestVerifyFindsEachFault(t *testing.T) {
	const medications = "trusted/direct-care/medications/import_year=2026/import_month=11/import_day=01/import_date=20261101/part-0.parquet"
	for name, c := range map[string]struct {
		spoil func(w *world, s Snapshot) error
		want  string
	}{
		"missing file":  {func(w *world, s Snapshot) error { return os.Remove(filepath.Join(s.Path, medications)) }, "missing"},
		"stray file":    {func(w *world, s Snapshot) error { return os.WriteFile(s.Path+"/trusted/x.csv", nil, 0o600) }, "stray file"},
		"stray link":    {func(w *world, s Snapshot) error { return os.Symlink("/etc", s.Path+"/trusted/x") }, "stray file"},
		"file mode":     {func(w *world, s Snapshot) error { return os.Chmod(filepath.Join(s.Path, medications), 0o644) }, "mode is 0644, not 0640"},
		"folder mode":   {func(w *world, s Snapshot) error { return os.Chmod(s.Path+"/raw", 0o755) }, "mode is 0755, not 0700"},
		"short file":    {func(w *world, s Snapshot) error { return os.Truncate(filepath.Join(s.Path, medications), 100) }, "100 bytes, not"},
		"no manifest":   {func(w *world, s Snapshot) error { return os.Remove(s.Path + "/manifest.json") }, "cannot be read"},
		"no snapshot":   {func(w *world, s Snapshot) error { return os.RemoveAll(s.Path) }, "missing"},
		"old current":   {func(w *world, s Snapshot) error { w.ok(w.lake.link("x")); return w.lake.swap() }, "snapshot x is missing"},
		"no current":    {func(w *world, s Snapshot) error { return os.Remove(w.lake.current()) }, "nothing has been published"},
		"stray in log":  {func(w *world, s Snapshot) error { return os.WriteFile(w.lake.audit()+"/x", nil, 0o600) }, "stray file"},
		"log mode":      {func(w *world, s Snapshot) error { return os.Chmod(audit.LogPath(w.lake.audit()), 0o644) }, "not a file of mode 0600"},
		"no log":        {func(w *world, s Snapshot) error { return os.RemoveAll(w.lake.audit()) }, "log and head are gone"},
		"no head":       {func(w *world, s Snapshot) error { return os.Remove(audit.HeadPath(w.lake.audit())) }, "not what its head proves"},
		"unknown":       {func(w *world, s Snapshot) error { return os.Mkdir(w.lake.snapshots()+"/x", 0o700) }, "not in the audit log"},
		"broken footer": {func(w *world, s Snapshot) error { return spoilEnd(filepath.Join(s.Path, medications)) }, "not a Parquet file"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := w.publish(asAt)
			w.ok(c.spoil(w, s))
			w.ok(w.lake.Unlock())
			found := w.verify(false)
			if !slices.ContainsFunc(found, func(f Finding) bool { return strings.Contains(f.Rule, c.want) }) {
				t.Errorf("found %v, want %q", found, c.want)
			}
		})
	}
}

func spoilEnd(path string) error {
	whole, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	whole[len(whole)-1] = 'X'
	return os.WriteFile(path, whole, 0o640)
}

// TestRewrittenLogIsFound takes an entry out and makes the log's own head fit: only a manifest's root still knows.
func TestRewrittenLogIsFound(t *testing.T) {
	w := newWorld(t)
	w.publish(asAt)
	w.publish(later)
	entries := w.log().Entries
	w.ok(os.RemoveAll(w.lake.audit()))
	w.ok(os.Mkdir(w.lake.audit(), 0o700))
	entries[0].Run = "another"
	_, err := w.lake.record(entries...)
	w.ok(err)
	found := w.verify(false)
	if len(found) != 2 || !strings.Contains(found[0].Rule, "not the continuation") {
		t.Errorf("found %v", found)
	}
}

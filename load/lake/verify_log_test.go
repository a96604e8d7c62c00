package lake

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"careshare/load/audit"
)

// Of a log that cannot be believed the first broken place is said first, what proves the lines before it, and that files which
// retention may have removed only look as if they were missing.
func TestABrokenLogIsOneFinding(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(lines [][]byte) [][]byte
		want  string
	}{
		"a line is gone": {func(lines [][]byte) [][]byte { return append(lines[:3:3], lines[4:]...) }, "line 4 bears number 4, not 3; "},
		"a line differs": {func(lines [][]byte) [][]byte {
			lines[len(lines)-1] = bytes.Replace(lines[len(lines)-1], []byte("2026"), []byte("2025"), 1)
			return lines
		}, "it is not what its head proves; "},
		"no log at all": {func([][]byte) [][]byte { return nil }, "entries are missing at its end; "},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			first := w.publish(asAt)
			w.publish(later)
			w.ok(w.lake.Unlock())
			m, err := first.Manifest()
			w.ok(err)
			removed := m.Outputs[0].Path
			w.ok(os.Remove(filepath.Join(first.Path, removed)))
			second, err := w.lake.Current()
			w.ok(err)
			newest, err := second.Manifest()
			w.ok(err)
			data, err := os.ReadFile(audit.LogPath(w.lake.audit()))
			w.ok(err)
			lines := c.spoil(bytes.SplitAfter(bytes.TrimSuffix(data, []byte("\n")), []byte("\n")))
			w.ok(os.WriteFile(audit.LogPath(w.lake.audit()), append(bytes.TrimSuffix(bytes.Join(lines, nil), []byte("\n")), '\n'), 0o600))

			found := w.verify(false)
			if len(found) != 2 {
				t.Fatalf("found %v", found)
			}
			if log := found[0]; log.Path != "audit/log.ndjson" || log.Follows || !strings.HasPrefix(log.Rule, c.want) {
				t.Errorf("the log: %+v, want %q", log, c.want)
			}
			proved := fmt.Sprintf("the first change lies in lines %d to %d of %d", newest.Audit.Size+1, len(lines), len(lines))
			if name == "a line differs" && !strings.HasSuffix(found[0].Rule, proved) {
				t.Errorf("the log: %s, want %q", found[0].Rule, proved)
			}
			if gone := found[1]; !gone.Follows || gone.Path != "snapshots/"+first.ID+"/"+removed || gone.Rule != "missing" {
				t.Errorf("what follows: %+v", gone)
			}
		})
	}
}

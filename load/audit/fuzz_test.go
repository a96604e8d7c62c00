package audit

import "testing"

// FuzzLog holds that whatever stands in the log's files, it is proved or refused, and never led astray.
func FuzzLog(f *testing.F) {
	f.Add([]byte(`{"number":0,"at":"2026-11-01T07:00:00Z","event":"withheld"}`+"\n"), int64(0), int64(60))
	f.Add([]byte("{}\n{}\n"), int64(1), int64(3))
	f.Fuzz(func(t *testing.T, data []byte, size, bytes int64) {
		trail := &Trail{}
		log := &Log{}
		if log.parse(data) == nil {
			m := log.mark()
			if _, err := trail.prove(data, head{mark: m, Previous: m}); err != nil {
				t.Errorf("the log's own mark does not prove it: %v", err)
			}
		}
		if bytes < 0 {
			return // readHead takes only what this program writes
		}
		_, _ = trail.prove(data, head{mark: mark{Root{Size: size}, bytes}, Previous: mark{Root{Size: size}, bytes / 2}})
	})
}

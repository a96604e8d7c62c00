package reports

import "testing"

func TestCounted(t *testing.T) {
	t.Parallel()
	for n, words := range map[int][]string{
		0: {"0 entries", "0 people", "0 days", "0 files of the spool"},
		1: {"1 entry", "1 person", "1 day", "1 file of the spool"},
		2: {"2 entries", "2 people", "2 days", "2 files of the spool"},
	} {
		for i, noun := range []string{"entry", "person", "day", "file of the spool"} {
			if got := Counted(n, noun); got != words[i] {
				t.Errorf("%q, want %q", got, words[i])
			}
		}
	}
}

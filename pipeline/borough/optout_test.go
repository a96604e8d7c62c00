package borough

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOptOutReplyIsTheCleanedList(t *testing.T) {
	o := outside(t, 3000, 1)
	asked, cleared := lists(t, o, "*.request.dat"), lists(t, o, "*.reply.dat")
	truth := readCSV(t, o.path("truth", "optout.csv"))[0]
	wantCount(t, "asked", len(asked), countIn(t, truth["requested"]))
	wantCount(t, "cleared", len(cleared), countIn(t, truth["cleared"]))
	if share := float64(len(cleared)) / float64(len(asked)); share < 0.92 || share > 0.98 {
		t.Errorf("%.3f are cleared, not some 95 in a hundred", share)
	}
	for n := range cleared {
		if !asked[n] {
			t.Error("a number is cleared that nobody asked about")
		}
	}
	for chunk := range o.chunks() {
		for _, l := range chunk {
			if n := l.askedNumber(); n != "" && cleared[n] == l.isOptedOut {
				t.Error("a person is cleared and opted out, or neither")
			}
		}
	}
}

func TestOptOutFilesArePaired(t *testing.T) {
	o := Options{To: t.TempDir(), AsAt: DefaultAsAt()}
	w, err := writeOptOut(o)
	if err != nil {
		t.Fatal(err)
	}
	l := &life{personID: 1, nhsNumber: "9990000018", standing: "verified"}
	for range numbersPerRequest + 1 {
		if err := w.add(l); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.close(); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"8HQ50OT001-311026-0001": numbersPerRequest, "8HQ50OT001-311026-0002": 1}
	for name, lines := range want {
		for _, end := range []string{".request.dat", ".reply.dat"} {
			b, err := os.ReadFile(o.path("opt_out", name+end))
			if err != nil {
				t.Fatal(err)
			}
			wantCount(t, name+end, strings.Count(string(b), "9990000018,"), lines)
		}
	}
}

// lists reads the numbers of all files of a pattern: one and a comma a line, LF or CRLF. None may come twice.
func lists(t *testing.T, o Options, pattern string) map[string]bool {
	t.Helper()
	found, _ := filepath.Glob(o.path("opt_out", pattern))
	numbers := map[string]bool{}
	for _, path := range found {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(b)) {
			n, ok := strings.CutSuffix(strings.TrimRight(line, "\r\n"), ",")
			if !ok || len(n) != 10 || numbers[n] {
				t.Errorf("%s holds a line that is none, or a number twice", filepath.Base(path))
			}
			numbers[n] = true
		}
	}
	return numbers
}

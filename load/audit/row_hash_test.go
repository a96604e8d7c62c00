package audit

import (
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// TestARowIsBoundToItsPlace has rows that are easily taken for one another.
func TestARowIsBoundToItsPlace(t *testing.T) {
	leaf := func(dataset string, columns, values []string) tlog.Hash {
		hash, err := RowHash(dataset, columns, values)
		if err != nil {
			t.Fatal(err)
		}
		return hash
	}
	first := leaf("d", []string{"a", "b"}, []string{"x", "y"})
	for name, other := range map[string]tlog.Hash{
		"another dataset": leaf("e", []string{"a", "b"}, []string{"x", "y"}),
		"another column":  leaf("d", []string{"a", "c"}, []string{"x", "y"}),
		"exchanged":       leaf("d", []string{"a", "b"}, []string{"y", "x"}),
		"run together":    leaf("d", []string{"a", "b"}, []string{"xy", ""}),
		"quoted":          leaf("d", []string{"a", "b"}, []string{`x","b","y`, ""}),
	} {
		if other == first {
			t.Error(name)
		}
	}
	same := leaf("d", []string{"a"}, []string{"line\r\nend\x00" + strings.Repeat("é", longestCell)})
	if same != leaf("d", []string{"a"}, []string{"line\nend" + strings.Repeat("é", longestCell)}) {
		t.Error("what a workbook cannot hold makes a difference")
	}
}

func TestTheRootOfNoRowsAndOfMany(t *testing.T) {
	seen := map[string]bool{}
	for n := range 20 {
		leaves := make([]tlog.Hash, n)
		for i := range leaves {
			leaves[i][0] = byte(i)
		}
		root, err := RowsRoot(leaves)
		if err != nil || seen[root.String()] {
			t.Errorf("%d leaves: %v %v", n, root, err)
		}
		seen[root.String()] = true
	}
}

package returns

import (
	"bytes"
	"fmt"
	"iter"
	"testing"
	"time"
)

// The same lists give the same bytes: the library writes streamed sheets in the order of a map.
func TestListsAreTheSameBytesAgain(t *testing.T) {
	t.Parallel()
	write := func() []byte {
		var lists []List
		for i := range 11 {
			var rows iter.Seq2[[]string, error] = func(yield func([]string, error) bool) { yield([]string{"child"}, nil) }
			lists = append(lists, List{Sheet: fmt.Sprint("list ", i), Heading: []string{"Who"}, IsDate: []bool{false}, IsCount: []bool{false}, Rows: rows})
		}
		var out bytes.Buffer
		if err := Lists(&out, t.TempDir(), "Annex A", time.Unix(0, 0), lists); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	if first, second := write(), write(); !bytes.Equal(first, second) {
		t.Error("the same lists were written as other bytes")
	}
}

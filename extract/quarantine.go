package extract

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// quarantineBatch is how many rejects are held before they are written.
const quarantineBatch = 4096

// Quarantine keeps what a source sent and the run could not take, as Parquet, from any number of goroutines.
type Quarantine struct {
	From string // where set, is in each row as its source: which of several senders it was

	mu      sync.Mutex
	file    *Parquet
	rows    *array.RecordBuilder
	places  map[place]int64 // how many
	keepRaw bool

	values    *Parquet // what could be read of the rejects; nil where nobody asks
	valueRows *array.RecordBuilder
	count     int64 // rejects so far
}

// place is where rejects are found, and the rule that they break.
type place struct{ table, file, column, rule string }

// words are where an operator looks: the column, or the table, and the file where there is one.
func (p place) words() string {
	words := p.table
	if p.column != "" {
		words += "." + p.column
	}
	if p.file != "" {
		words += " of " + p.file
	}
	return words
}

// OpenQuarantine starts a quarantine file. Without keepRaw only the SHA-256 of what came is kept: of health
// records the run keeps the least, and the sender's own file still holds the line.
func OpenQuarantine(path string, keepRaw bool) (*Quarantine, error) {
	fields := []arrow.Field{
		text("source"), text("table_name"), text("file"), {Name: "line", Type: arrow.PrimitiveTypes.Int64},
		text("key"), text("column_name"), text("rule"), text("raw"), text("raw_sha256"),
	}
	schema := arrow.NewSchema(fields, nil)
	file, err := CreateParquet(path, schema)
	if err != nil {
		return nil, fmt.Errorf("open quarantine: %w", err)
	}
	return &Quarantine{file: file, keepRaw: keepRaw, places: map[place]int64{}, rows: array.NewRecordBuilder(memory.DefaultAllocator, schema)}, nil
}

func text(name string) arrow.Field {
	return arrow.Field{Name: name, Type: arrow.BinaryTypes.String, Nullable: true}
}

// Add keeps one reject.
func (q *Quarantine) Add(r Reject) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.places[place{r.Table, r.File, r.Column, r.Rule}]++
	q.count++
	if err := q.addValues(r); err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(r.Raw))
	raw := r.Raw
	if !q.keepRaw || r.Private {
		raw = ""
	}
	for i, value := range []string{cmp.Or(q.From, r.Source), r.Table, r.File, "", r.Key, r.Column, r.Rule, raw, hex.EncodeToString(sum[:])} {
		switch field := q.rows.Field(i).(type) {
		case *array.Int64Builder:
			field.Append(r.Line)
		case *array.StringBuilder:
			if value == "" {
				field.AppendNull()
			} else {
				field.Append(strings.ToValidUTF8(value, "\uFFFD")) // what came may be no text at all; the hash is of what came
			}
		}
	}
	if q.rows.Field(0).Len() < quarantineBatch {
		return nil
	}
	return q.flush()
}

// Most names the places of most rejects, so many at most, each with its rule and never with what stood there.
func (q *Quarantine) Most(places int) string {
	q.mu.Lock()
	defer q.mu.Unlock()
	sorted := slices.SortedFunc(maps.Keys(q.places), func(a, b place) int {
		return cmp.Or(cmp.Compare(q.places[b], q.places[a]), cmp.Compare(a.words(), b.words()), cmp.Compare(a.rule, b.rule))
	})
	var said []string
	var elsewhere int64
	for i, p := range sorted {
		if i >= places {
			elsewhere += q.places[p]
			continue
		}
		said = append(said, fmt.Sprintf("%d in %s (%s)", q.places[p], p.words(), p.rule))
	}
	if elsewhere > 0 {
		said = append(said, fmt.Sprintf("%d elsewhere", elsewhere))
	}
	return strings.Join(said, ", ")
}

func (q *Quarantine) flush() error {
	batch := q.rows.NewRecordBatch()
	defer batch.Release()
	return q.file.Write(batch)
}

// Close writes what is left and returns how many rejects there are.
func (q *Quarantine) Close() (rows int64, err error) {
	if err := errors.Join(q.flush(), q.closeValues()); err != nil {
		return 0, err
	}
	return q.file.Close()
}

package casestore

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// field holds one column of a batch in the layout of an Arrow array, and is used again for the next batch: an Arrow
// builder would take new memory for each.
type field struct {
	isText  bool
	valid   []byte // one bit a row
	nulls   int
	numbers []int64 // of a bigint or a timestamp
	ends    []int32 // of a varchar: where each row's text ends, after a leading 0
	text    []byte
}

func newField(typ dataType) field {
	f := field{isText: typ == varchar, valid: make([]byte, bitutil.BytesForBits(batchRows))}
	if f.isText {
		f.ends = []int32{0}
	}
	return f
}

// add puts a value, which fits, into the next row.
func (f *field) add(row int, v *value) {
	if v.kind == null {
		f.nulls++
	} else {
		f.valid[row>>3] |= 1 << (row & 7)
	}
	if !f.isText {
		f.numbers = append(f.numbers, v.number) // 0 for null
		return
	}
	f.text = append(f.text, v.text...)
	f.ends = append(f.ends, int32(len(f.text)))
}

// array shows the first rows as an Arrow array, which lasts until clear.
func (f *field) array(typ arrow.DataType, rows int) arrow.Array {
	buffers := []*memory.Buffer{memory.NewBufferBytes(f.valid)}
	if !f.isText {
		buffers = append(buffers, memory.NewBufferBytes(arrow.Int64Traits.CastToBytes(f.numbers)))
	} else {
		buffers = append(buffers, memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(f.ends)), memory.NewBufferBytes(f.text))
	}
	return array.MakeFromData(array.NewData(typ, rows, buffers, nil, f.nulls, 0))
}

func (f *field) clear() {
	clear(f.valid)
	f.nulls, f.numbers, f.text = 0, f.numbers[:0], f.text[:0]
	if f.isText {
		f.ends = f.ends[:1]
	}
}

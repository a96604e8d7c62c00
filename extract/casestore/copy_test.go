package casestore

import (
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// copyTable is a table of its own for the decoder's tests.
var copyTable = table{name: "t", columns: []column{
	{name: "id", typ: bigint, key: true}, {name: "name", typ: varchar, nullable: true}, {name: "at", typ: timestamp, nullable: true},
}}

// stream is a binary COPY of two rows: (1, 'a', 2000-01-02) and (2, null, null).
func stream() []byte {
	s := append([]byte(nil), signature...)
	s = binary.BigEndian.AppendUint32(s, 0)           // flags
	s = binary.BigEndian.AppendUint32(s, 3)           // an extension
	s = append(s, 1, 2, 3, 0, 3)                      // its bytes; three fields
	s = append(s, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1) // int8
	s = append(s, 0, 0, 0, 1, 'a')                    // text
	s = append(s, 0, 0, 0, 8)                         // timestamp
	s = binary.BigEndian.AppendUint64(s, microsPerDay)
	s = append(s, 0, 3, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 2)
	s = append(s, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
	return append(s, 0xff, 0xff) // the end
}

func newDecoder(t testing.TB) (*decoder, *landing) {
	t.Helper()
	l, err := land(job{table: copyTable}, t.TempDir(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	read := []func([]byte, *value) error{readInt8, readText, readTimestamp}
	return &decoder{landing: l, row: make([]value, len(read)), columns: read}, l
}

func TestCopyComesInAnyPieces(t *testing.T) {
	whole := stream()
	db, err := Options{To: os.TempDir(), Spill: t.TempDir()}.openSettler(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for size := 1; size <= len(whole); size++ {
		d, l := newDecoder(t)
		for at := 0; at < len(whole); at += size {
			piece := append([]byte(nil), whole[at:min(at+size, len(whole))]...)
			if n, err := d.Write(piece); err != nil || n != len(piece) {
				t.Fatalf("pieces of %d: Write() = %d, %v", size, n, err)
			}
			clear(piece) // the network's buffer is used again
		}
		if err := d.whole(2); err != nil {
			t.Fatalf("pieces of %d: %v", size, err)
		}
		if name, at := string(l.fields[1].text), l.fields[2].numbers[0]; name != "a" || at != time.Date(2000, 1, 2, 0, 0, 0, 0, time.UTC).UnixMicro() {
			t.Fatalf("pieces of %d: landed %q, %d", size, name, at)
		}
		if taken, err := l.close(t.Context(), db); err != nil || taken.RowsOut != 2 || filepath.Base(taken.Path) != "part-0.parquet" {
			t.Fatalf("pieces of %d: %+v, %v", size, taken, err)
		}
	}
}

func TestBrokenCopy(t *testing.T) {
	for name, breakIt := range map[string]func([]byte) []byte{
		"another signature":      func(s []byte) []byte { s[0] = 'X'; return s },
		"another count of field": func(s []byte) []byte { s[23] = 4; return s },
		"a short number":         func(s []byte) []byte { s[27] = 7; return s },
		"more after the end":     func(s []byte) []byte { return append(s, 0) },
		"cut off in a row":       func(s []byte) []byte { return s[:len(s)-9] },
		"cut off before the end": func(s []byte) []byte { return s[:len(s)-2] },
	} {
		t.Run(name, func(t *testing.T) {
			d, l := newDecoder(t)
			defer l.abandon()
			_, err := d.Write(breakIt(stream()))
			if err == nil {
				err = d.whole(2)
			}
			if !errors.Is(err, errBinary) {
				t.Errorf("decoded: %v", err)
			}
		})
	}
	t.Run("a row too few", func(t *testing.T) {
		d, l := newDecoder(t)
		defer l.abandon()
		d.Write(stream())
		if err := d.whole(3); !errors.Is(err, errBinary) {
			t.Errorf("decoded: %v", err)
		}
	})
}

// FuzzCopy: no stream makes the decoder panic or land more rows than it counts.
func FuzzCopy(f *testing.F) {
	f.Add(stream(), 7)
	f.Add(stream()[:40], 1)
	d, l := newDecoder(f)
	f.Cleanup(l.abandon)
	f.Fuzz(func(t *testing.T, s []byte, cut int) {
		fresh := *d
		fresh.row = make([]value, len(d.row))
		before := l.rows
		cut = min(max(cut, 0), len(s))
		if _, err := fresh.Write(s[:cut]); err == nil {
			fresh.Write(s[cut:])
		}
		if l.rows-before != fresh.rows {
			t.Errorf("%d rows landed, %d counted", l.rows-before, fresh.rows)
		}
	})
}

func TestNumeric(t *testing.T) {
	number := func(weight int16, sign uint16, digits ...uint16) []byte {
		s := binary.BigEndian.AppendUint16(nil, uint16(len(digits)))
		s = binary.BigEndian.AppendUint16(s, uint16(weight))
		s = binary.BigEndian.AppendUint16(s, sign)
		s = binary.BigEndian.AppendUint16(s, 0)
		for _, d := range digits {
			s = binary.BigEndian.AppendUint16(s, d)
		}
		return s
	}
	for name, c := range map[string]struct {
		in   []byte
		want string
	}{
		"zero":               {number(0, 0), "0"},
		"an NHS number":      {number(2, 0, 99, 9000, 18), "9990000018"},
		"zeros left out":     {number(2, 0, 99), "9900000000"},
		"negative":           {number(0, 0x4000, 12), "-12"},
		"a fraction":         {number(0, 0, 12, 5000), "12.5000"},
		"a fraction alone":   {number(-1, 0, 5000), "0.5000"},
		"seventeen digits":   {number(4, 0, 1, 2, 3, 4, 5), "10002000300040005"},
		"the greatest":       {number(4, 0, 922, 3372, 368, 5477, 5807), "9223372036854775807"},
		"more than 64 bits":  {number(5, 0, 1, 0, 0, 0, 0, 0), "100000000000000000000"},
		"not a number (NaN)": {number(0, 0xC000), "NaN"},
	} {
		t.Run(name, func(t *testing.T) {
			var v value
			if err := readNumeric(c.in, &v); err != nil || v.String() != c.want {
				t.Errorf("readNumeric = %s, %v; want %s", v.String(), err, c.want)
			}
			fits := (&column{typ: bigint}).fit(&v) == ""
			if wanted := c.want != "12.5000" && c.want != "0.5000" && c.want != "NaN" && len(c.want) < 20; fits != wanted {
				t.Errorf("fits: %v", fits)
			}
		})
	}
	var v value
	if err := readNumeric([]byte{0, 1, 0, 0, 0, 0, 0, 0}, &v); !errors.Is(err, errBinary) {
		t.Errorf("a digit too few: %v", err)
	}
}

func TestFarTimestamps(t *testing.T) {
	for _, micros := range []int64{math.MaxInt64, math.MinInt64, math.MaxInt64 - 1} {
		var v value
		if err := readTimestamp(binary.BigEndian.AppendUint64(nil, uint64(micros)), &v); err != nil || v.kind != text {
			t.Errorf("readTimestamp(%d) = %+v, %v", micros, v, err)
		}
	}
}

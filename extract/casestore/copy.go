package casestore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5/pgtype"
)

// errBinary is a stream that breaks the format of PostgreSQL's COPY, section "Binary Format".
var errBinary = errors.New("not PostgreSQL's binary COPY")

var signature = []byte("PGCOPY\n\xff\r\n\x00")

// decoder reads a binary COPY stream as it arrives, in pieces of any size, and lands its rows. A field is decoded from
// the network's own buffer straight into the row; nothing is allocated for it.
type decoder struct {
	landing *landing
	columns []func([]byte, *value) error
	row     []value
	rest    []byte // the beginning of a row whose end has not come
	begun   bool
	ended   bool
	rows    int64
}

func (d *decoder) Write(p []byte) (int, error) {
	stream := p
	if len(d.rest) > 0 {
		d.rest = append(d.rest, p...)
		stream = d.rest
	}
	used, err := d.decode(stream)
	if err != nil {
		return 0, err
	}
	d.rest = append(d.rest[:0], stream[used:]...)
	return len(p), nil
}

// decode lands the whole rows at the start of the stream and says how far it came.
func (d *decoder) decode(stream []byte) (used int, err error) {
	if !d.begun {
		if used, err = header(stream); used == 0 || err != nil {
			return 0, err
		}
		d.begun = true
	}
	for !d.ended {
		size, err := d.decodeRow(stream[used:])
		if size == 0 || err != nil {
			return used, err
		}
		used += size
	}
	if used < len(stream) {
		return used, errBinary // after the end
	}
	return used, nil
}

// header is the size of the stream's header, or 0 if it has not come whole.
func header(stream []byte) (int, error) {
	const fixed = 11 + 4 + 4 // signature, flags, length of the extension
	if len(stream) < fixed {
		return 0, nil
	}
	if !bytes.Equal(stream[:11], signature) {
		return 0, errBinary
	}
	size := fixed + int(binary.BigEndian.Uint32(stream[15:]))
	if len(stream) < size {
		return 0, nil
	}
	return size, nil
}

// decodeRow lands one row and gives its size, or 0 if it has not come whole.
func (d *decoder) decodeRow(stream []byte) (size int, err error) {
	if len(stream) < 2 {
		return 0, nil
	}
	fields := int16(binary.BigEndian.Uint16(stream))
	if fields == -1 {
		d.ended = true
		return 2, nil
	}
	if int(fields) != len(d.row) {
		return 0, errBinary
	}
	at := 2
	for i := range d.row {
		if len(stream) < at+4 {
			return 0, nil
		}
		length := int(int32(binary.BigEndian.Uint32(stream[at:])))
		at += 4
		if length < 0 {
			d.row[i] = value{}
			continue
		}
		if len(stream) < at+length {
			return 0, nil
		}
		if err := d.columns[i](stream[at:at+length:at+length], &d.row[i]); err != nil {
			return 0, err
		}
		at += length
	}
	d.rows++
	return at, d.landing.take(d.row, "", 0)
}

// whole tells whether every row that the server says it sent has come.
func (d *decoder) whole(sent int64) error {
	if !d.ended || d.rows != sent {
		return fmt.Errorf("%w: %d rows sent, %d came", errBinary, sent, d.rows)
	}
	return nil
}

// carry gives the expression that selects a column, with $ for its name, and the reader of its binary form; or no
// reader where the type cannot become the one that the contract wants.
func carry(typ string, want dataType) (expression string, read func([]byte, *value) error) {
	switch {
	case want == varchar && typ == "bool":
		return "case when $ then 'Y' when not $ then 'N' end", readText
	case typ == "text":
		return "$::text", readText
	case want == varchar && (typ == "enum" || typ == "int2" || typ == "int4" || typ == "int8" || typ == "numeric" || typ == "uuid"):
		return "$::text", readText
	case want == bigint && typ == "int2":
		return "$", readInt2
	case want == bigint && typ == "int4":
		return "$", readInt4
	case want == bigint && typ == "int8":
		return "$", readInt8
	case want == bigint && typ == "numeric":
		return "$", readNumeric
	case want == timestamp && typ == "timestamp":
		return "$", readTimestamp
	case want == timestamp && typ == "date":
		return "$", readDate
	}
	return "", nil
}

func (p *postgres) carries(storeType string, want dataType) bool {
	_, read := carry(storeType, want)
	return read != nil
}

func readText(field []byte, v *value) error {
	*v = value{kind: text, text: field}
	return nil
}

func readInt2(field []byte, v *value) error {
	if len(field) != 2 {
		return errBinary
	}
	*v = value{kind: whole, number: int64(int16(binary.BigEndian.Uint16(field)))}
	return nil
}

func readInt4(field []byte, v *value) error {
	if len(field) != 4 {
		return errBinary
	}
	*v = value{kind: whole, number: int64(int32(binary.BigEndian.Uint32(field)))}
	return nil
}

func readInt8(field []byte, v *value) error {
	if len(field) != 8 {
		return errBinary
	}
	*v = value{kind: whole, number: int64(binary.BigEndian.Uint64(field))}
	return nil
}

// PostgreSQL counts from 2000.
const (
	microsTo2000 = 946_684_800_000_000
	daysTo2000   = 10_957
)

// readTimestamp reads microseconds, and infinity as what is farthest off.
func readTimestamp(field []byte, v *value) error {
	if len(field) != 8 {
		return errBinary
	}
	micros := int64(binary.BigEndian.Uint64(field))
	switch {
	case micros > math.MaxInt64-microsTo2000: // infinity, or a year past 294246, which no int64 counts from 1970
		micros = math.MaxInt64
	case micros != math.MinInt64:
		micros += microsTo2000
	}
	*v = finite(micros)
	return nil
}

func readDate(field []byte, v *value) error {
	if len(field) != 4 {
		return errBinary
	}
	*v = midnight(int64(int32(binary.BigEndian.Uint32(field))) + daysTo2000)
	return nil
}

// readNumeric reads a number of base 10000 digits: their count, the first one's weight, sign and scale, and the digits.
// What is no whole number of 64 bits goes on as text, to be refused with its own digits.
func readNumeric(field []byte, v *value) error {
	if len(field) < 8 {
		return errBinary
	}
	count, weight := int(binary.BigEndian.Uint16(field)), int(int16(binary.BigEndian.Uint16(field[2:])))
	sign := binary.BigEndian.Uint16(field[4:])
	if len(field) != 8+2*count {
		return errBinary
	}
	const positive, negative = 0x0000, 0x4000
	if (sign != positive && sign != negative) || count > weight+1 || weight > 3 { // NaN, a fraction, or 17 digits and more
		return readOddNumeric(field, v)
	}
	number := int64(0)
	for i := 0; i <= weight; i++ {
		number *= 10_000
		if i < count {
			number += int64(binary.BigEndian.Uint16(field[8+2*i:]))
		}
	}
	if sign == negative {
		number = -number
	}
	*v = value{kind: whole, number: number}
	return nil
}

// readOddNumeric takes the long way, by text.
func readOddNumeric(field []byte, v *value) error {
	var n pgtype.Numeric
	if err := pgtype.NewMap().Scan(pgtype.NumericOID, pgtype.BinaryFormatCode, field, &n); err != nil {
		return errBinary
	}
	written, err := n.MarshalJSON()
	if err != nil {
		return errBinary
	}
	return readText(bytes.Trim(written, `"`), v)
}

package borough

import (
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// ready sees to it that the batch has a file with room.
func (t *trace) ready(b *traceBatch) (err error) {
	if b.open != nil && b.open.rows < answersPerFile {
		return nil
	}
	if err := t.finish(b); err != nil {
		return err
	}
	b.files++
	b.open, err = t.begin(fmt.Sprintf("trace-response-%s-%03d.csv", b.date.Format("20060102"), b.files), b.files)
	return err
}

// begin makes a response file. No two need agree in the order of their columns, in their line ends or in
// whether they have the scores: only the names of the columns can be relied on.
func (t *trace) begin(name string, nth int) (*traceFile, error) {
	columns := traceColumns()
	if nth%2 == 1 {
		columns = columns[:requiredColumns]
	}
	t.rng.Shuffle(len(columns), func(i, j int) { columns[i], columns[j] = columns[j], columns[i] })
	file, err := create(t.o.path("trace", "inbox", name))
	if err != nil {
		return nil, err
	}
	f := &traceFile{name: name, file: file, csv: csv.NewWriter(file), columns: columns}
	f.csv.UseCRLF = nth%2 == 0
	return f, f.csv.Write(columns)
}

func (t *trace) finish(b *traceBatch) error {
	f := b.open
	if f == nil {
		return nil
	}
	b.open = nil
	row := []string{f.name}
	for _, n := range []int{f.rows, f.rows - f.refused - f.broken - f.unasked, f.refused, f.broken, f.unasked} {
		row = append(row, strconv.Itoa(n))
	}
	f.csv.Flush()
	return errors.Join(f.csv.Error(), f.file.Close(), t.truth.write(row...))
}

func (f *traceFile) write(row map[string]string) error {
	f.rows++
	values := make([]string, len(f.columns))
	for i, name := range f.columns {
		values[i] = row[name]
	}
	return f.csv.Write(values)
}

// stray writes, after a person's answer, one that must change nothing: the same number for the person before, under a
// reference that is not that person's, or in turn an answer about a person whom the council does not have.
func (f *traceFile) stray(row map[string]string, before int64, nth int) error {
	if nth%2 == 1 {
		row["LOCAL_PATIENT_ID"] = strconv.FormatInt(before, 10)
		f.refused++
		return f.write(row)
	}
	row["LOCAL_PATIENT_ID"] = "9" + row["LOCAL_PATIENT_ID"]
	row["UNIQUE REFERENCE"] = "9" + row["UNIQUE REFERENCE"]
	row["ERROR/SUCCESS_CODE"], row["MATCHED_NHS_NO"] = "98", "0000000000"
	f.unasked++
	return f.write(row)
}

// tear writes a row that lost most of its fields.
func (f *traceFile) tear() error {
	f.rows++
	f.broken++
	return f.csv.Write(slices.Repeat([]string{"torn"}, 7))
}

package fhir

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"

	"careshare/extract"
	"careshare/extract/fhir/view"
)

// takeEach reads the files one by one, several at a time: those in which something does not fit line by line.
func (r *reading) takeEach(ctx context.Context) (taken, error) {
	each := make([]taken, len(r.files))
	group, inGroup := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, f := range r.files {
		group.Go(func() (err error) {
			if each[i], err = r.takeOne(inGroup, f, filepath.Join(r.stage, fmt.Sprintf("%06d", i))); err != nil {
				return fmt.Errorf("%s: %w", f.name(), err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return taken{}, err
	}
	var all taken
	for _, t := range each {
		all.parquet = append(all.parquet, t.parquet...)
		all.lines += t.lines
		all.quarantined += t.quarantined
	}
	var err error
	all.distinct, err = r.countIDs(ctx, all.parquet...)
	return all, err
}

func (r *reading) takeOne(ctx context.Context, f file, stem string) (taken, error) {
	if len(r.files) == 1 || r.view.HasDecimals() || r.closely[f.path] { // it is known not to fit
		return r.mend(ctx, f, stem)
	}
	parquet := stem + ".parquet"
	rows, err := r.copyFiles(ctx, parquet, f)
	if isData(err) {
		return r.mend(ctx, f, stem)
	}
	if err == nil {
		err = r.checkCounts(rows, f)
	}
	return taken{parquet: []string{parquet}, lines: rows}, err
}

// mend takes what can be taken of one file: the lines that fit are written apart with their numbers, and the engine reads those. Where
// it still finds a fault, it is asked for all of them, and their lines are left out too.
func (r *reading) mend(ctx context.Context, f file, stem string) (taken, error) {
	sound, parquet := stem+".ndjson", stem+".parquet"
	defer os.Remove(sound)
	lines, quarantined, err := r.splitInvalid(ctx, f, sound)
	if err == nil {
		err = f.checkCount(lines)
	}
	if err != nil {
		return taken{}, err
	}
	rows, err := r.copy(ctx, r.view.Query(r.query(true, sound)), parquet)
	if isData(err) {
		var more int64
		if more, err = r.sieve(ctx, f, sound); err == nil {
			quarantined += more
			rows, err = r.copy(ctx, r.view.Query(r.query(true, sound)), parquet)
		}
	}
	switch {
	case isData(err):
		return taken{}, errors.New("a line does not fit the view, and which one could not be found")
	case err == nil && rows != lines-quarantined:
		err = fmt.Errorf("%d lines, of which %d quarantined, gave %d rows", lines, quarantined, rows)
	}
	return taken{parquet: []string{parquet}, lines: lines, quarantined: quarantined}, err
}

func (r *reading) query(numbered bool, files ...string) view.Query {
	return view.Query{Files: files, Numbered: numbered, Sender: r.Sender, Strict: true, Mixed: r.mixed, OwnOnly: r.ownOnly, Bases: r.Bases}
}

// splitInvalid writes the lines of a file that are what the view needs, each with its number, and quarantines the others.
func (r *reading) splitInvalid(ctx context.Context, f file, to string) (lines, quarantined int64, err error) {
	from, err := openLines(f.path)
	if err != nil {
		return 0, 0, err
	}
	defer from.close()
	out, err := createLines(to)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, out.close()) }()
	shape := r.view.Shape()
	for ; ; lines++ {
		line, err := from.next()
		if err == io.EOF {
			return lines, quarantined, ctx.Err()
		}
		var id string
		var broken *fault
		s := scanner{line: line}
		switch {
		case errors.Is(err, errTooLong):
			broken = &fault{rule: errTooLong.Error()}
		case err != nil:
			return lines, quarantined, err
		default:
			s.line = inline(line)
			line = s.line
			if id, broken = s.check(r.view.Resource, shape); !broken.ends() && broken.isOfType() {
				broken = worse(otherVersionOf(line, r.view.Resource), broken)
				broken = worse(broken, unreadableLabel(line, r.view.Resource))
			}
		}
		if broken == nil {
			out.number(from.number, line, s.decimals...)
			continue
		}
		if r.mixed && broken.rule == otherType {
			lines--
			continue
		}
		quarantined++
		if err := r.reject(f, from.number, id, *broken, line); err != nil {
			return lines, quarantined, err
		}
	}
}

func (r *reading) reject(f file, line int64, id string, broken fault, raw []byte) error {
	if broken == *notJSON && !utf8.Valid(raw) { // the sender must mend its encoding, not its JSON
		broken.rule = "not UTF-8"
	}
	name, line := f.place(line)
	reject := extract.Reject{
		Source: "health", Table: r.view.Name, File: name, Line: line, Key: id, Column: broken.element, Rule: broken.rule, Raw: string(raw),
	}
	if r.view.Resource == "Patient" {
		reject.Values = patientValues(raw)
	}
	return r.Quarantine.Add(reject)
}

// sieve leaves the lines out of a numbered file in which the engine finds a fault, and quarantines them.
func (r *reading) sieve(ctx context.Context, f file, sound string) (quarantined int64, err error) {
	faults, err := r.faults(ctx, sound)
	if err != nil {
		return 0, err
	}
	all := sound + ".all"
	if err := os.Rename(sound, all); err != nil {
		return 0, err
	}
	defer os.Remove(all)
	from, err := openLines(all)
	if err != nil {
		return 0, err
	}
	defer from.close()
	out, err := createLines(sound)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, out.close()) }()
	shape := r.view.Shape()
	for {
		line, err := from.next()
		if err == io.EOF {
			return quarantined, nil
		} else if err != nil {
			return quarantined, err
		}
		number, resource := split(line)
		broken, is := faults[number]
		if !is {
			out.number(number, resource)
			continue
		}
		quarantined++
		id, _ := check(resource, r.view.Resource, shape)
		if err := r.reject(f, number, id, broken, resource); err != nil {
			return quarantined, err
		}
	}
}

// faults are the first fault of each line, in the order of the view's columns.
func (r *reading) faults(ctx context.Context, numbered string) (map[int64]fault, error) {
	rows, err := r.db.QueryContext(ctx, r.view.Faults(numbered))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[int64]fault{}
	for rows.Next() {
		var line int64
		var f fault
		if err := rows.Scan(&line, &f.element, &f.rule); err != nil {
			return nil, err
		}
		if _, has := found[line]; !has {
			found[line] = f
		}
	}
	return found, rows.Err()
}

// lineWriter writes {"line": n, "resource": {...}}, a line each. The first error is kept for close.
type lineWriter struct {
	file *os.File
	buf  *bufio.Writer
}

func createLines(path string) (*lineWriter, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	return &lineWriter{file: f, buf: bufio.NewWriterSize(f, 1<<18)}, nil
}

// number writes a resource, with the given parts of it, which are numbers, in quotes.
func (w *lineWriter) number(n int64, resource []byte, quote ...span) {
	fmt.Fprintf(w.buf, `{"line":%d,"resource":`, n)
	at := 0
	for _, q := range quote {
		w.buf.Write(resource[at:q.from])
		w.buf.WriteByte('"')
		w.buf.Write(resource[q.from:q.to])
		w.buf.WriteByte('"')
		at = q.to
	}
	w.buf.Write(resource[at:])
	w.buf.WriteString("}\n")
}

func (w *lineWriter) close() error { return errors.Join(w.buf.Flush(), w.file.Close()) }

// split takes apart what number wrote.
func split(line []byte) (number int64, resource []byte) {
	head, rest, _ := bytes.Cut(line, []byte(`,"resource":`))
	fmt.Sscanf(string(head), `{"line":%d`, &number)
	return number, rest[:len(rest)-1]
}

func countLines(path string) (int64, error) {
	lines, err := openLines(path)
	if err != nil {
		return 0, err
	}
	defer lines.close()
	for count := int64(0); ; count++ {
		if _, err := lines.next(); err == io.EOF {
			return count, nil
		} else if err != nil && !errors.Is(err, errTooLong) {
			return 0, err
		}
	}
}

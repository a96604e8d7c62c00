package casestore

import (
	"context"
	"fmt"
	"hash/maphash"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"careshare/extract/delimited"
)

// Profile is what a case store was found to hold, beside what is declared. It holds words, codes and counts, never a person's value.
type Profile struct {
	Files    map[string]string `json:"files,omitempty"`    // by table, where the file has another name than declared
	Encoding string            `json:"encoding,omitempty"` // of files that are not as declared
	Missing  []string          `json:"missing,omitempty"`  // tables and columns of the contract that are not there
	Columns  []ColumnProfile   `json:"columns"`
	Pairs    []PairProfile     `json:"pairs"`
	Tables   []TableProfile    `json:"tables"`
	Steps    []StepProfile     `json:"steps"`

	declared Conventions
	forms    []delimited.DateForm // that every text of a day has
}

// TableProfile counts one table.
type TableProfile struct {
	Table      string `json:"table"`
	Rows       int64  `json:"rows"`
	Duplicates int64  `json:"duplicates"` // rows whose key another row has
}

// ColumnProfile is what one column holds.
type ColumnProfile struct {
	Column    string           `json:"column"` // table.column
	Means     string           `json:"means"`
	Nulls     int64            `json:"nulls"`
	Words     map[string]int64 `json:"words,omitempty"`      // of a flag or a code
	Unknown   []string         `json:"unknown,omitempty"`    // of the words of a flag, those that are not declared
	None      []string         `json:"none,omitempty"`       // words that seem to say nothing
	EarlyDays map[string]int64 `json:"early_days,omitempty"` // before 1905, each several times: no date
	LateDays  map[string]int64 `json:"late_days,omitempty"`  // after 2100, each several times: open
	UpToZero  int64            `json:"up_to_zero,omitempty"` // ids of 0 and below
	WrongDate string           `json:"wrong_date,omitempty"` // a form of days that cannot be read
}

// PairProfile shows what a table's end dates mean: of rows that follow each other, how each end lies to the next start.
type PairProfile struct {
	Column    string `json:"column"`
	SameDay   int64  `json:"same_day"`   // the end is the next start: the first day out
	DayBefore int64  `json:"day_before"` // the last day in
	Inclusive bool   `json:"inclusive"`
	Declared  bool   `json:"declared"`
}

// StepProfile is a type of workflow step whose forms ask what careshare looks for.
type StepProfile struct {
	Type      int64    `json:"workflow_step_type_id"`
	Steps     int64    `json:"steps"`
	LooksLike string   `json:"looks_like"` // consent, CP-IS or adult events
	Questions []string `json:"questions"`
}

// mostWords is how many words of a column are counted: more are no code list.
const mostWords = 200

var noneWords = []string{"null", "n/a", "na", "none", "-", "--", "(null)", `\n`, "#n/a", "?"}

var yesWords, noWords = []string{"y", "yes", "t", "true", "1", "-1", "on", "x", "ja", "j"}, []string{"n", "no", "f", "false", "0", "off", "nein"}

// Look reads at most sample rows of each table (0: all) and says what it found.
func Look(ctx context.Context, o Options, sample int64) (Profile, error) {
	if err := o.validateSource(); err != nil {
		return Profile{}, err
	}
	declared := o.conventions()
	p := Profile{declared: declared, Files: map[string]string{}, forms: delimited.DateForms()}
	o.Conventions = &declared
	if o.Kind == "csv" || o.Kind == "parquet" {
		if err := p.findFiles(&o); err != nil {
			return p, fmt.Errorf("profile case store: %w", err)
		}
	}
	tables, err := contract()
	if err != nil {
		return p, err
	}
	store, err := o.open(ctx, tables)
	if err != nil {
		return p, fmt.Errorf("profile case store: %w", err)
	}
	defer store.close()
	found, err := store.tables(ctx)
	if err != nil {
		return p, fmt.Errorf("profile case store: %w", err)
	}
	steps := newStepWatch()
	for _, t := range tables {
		from, there := found[o.called(t.name)]
		if !there {
			p.Missing = append(p.Missing, t.name)
			continue
		}
		if err := p.lookAt(ctx, store, t, from, sample, steps); err != nil {
			return p, fmt.Errorf("profile %s: %w", t.name, err)
		}
	}
	p.Steps = steps.found()
	return p, nil
}

// findFiles finds each table's file by the table's name within the file's, and the encoding that they need.
func (p *Profile) findFiles(o *Options) error {
	entries, err := os.ReadDir(o.Location)
	if err != nil {
		return err
	}
	tables, err := contract()
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, entry := range entries {
		lower, best := strings.ToLower(entry.Name()), ""
		for _, t := range tables {
			if strings.Contains(lower, t.name) && len(t.name) > len(best) {
				best = t.name
			}
		}
		if best == "" || entry.IsDir() && o.Kind == "csv" {
			continue
		}
		if lower != o.called(best) && lower != o.called(best)+"."+o.Kind {
			p.Files[best] = entry.Name()
		}
		if o.Kind == "parquet" {
			continue
		}
		file, err := delimited.Open(filepath.Join(o.Location, entry.Name()), delimited.Options{Encoding: o.Conventions.Encoding, Folder: o.Spill, Strict: true})
		if err != nil {
			p.Encoding = delimited.Windows1252
			continue
		}
		file.Close()
	}
	for table, file := range o.Conventions.Tables {
		names[table] = file
	}
	for table, file := range p.Files {
		names[table] = file
	}
	o.Conventions.Tables = names
	if p.Encoding != "" {
		o.Conventions.Encoding = p.Encoding
	}
	return nil
}

// lookAt reads one table: whole rows by the store's own reader, without casting.
func (p *Profile) lookAt(ctx context.Context, store source, t table, from stored, sample int64, steps *stepWatch) error {
	have := map[string]storedColumn{}
	for _, c := range from.columns {
		have[strings.ToLower(c.name)] = c
	}
	j := job{table: table{name: t.name}, from: from}
	for _, c := range t.columns {
		stored, there := have[c.name]
		if !there || !store.carries(stored.typ, c.typ) {
			p.Missing = append(p.Missing, t.name+"."+c.name)
			continue
		}
		j.columns, j.names = append(j.columns, c), append(j.names, stored)
	}
	if len(j.columns) == 0 {
		return nil
	}
	w := newTableWatch(j.table, p)
	l := &landing{job: j, observe: func(row []value) {
		if sample == 0 || w.rows < sample {
			w.see(row)
			steps.see(j.table, row)
		}
	}}
	if err := store.read(ctx, j, l); err != nil {
		return err
	}
	w.finish()
	return nil
}

// tableWatch gathers what the rows of one table show.
type tableWatch struct {
	table   table
	p       *Profile
	columns []ColumnProfile
	days    []map[int64]int64
	keys    map[uint64]bool
	seed    maphash.Seed
	rows    int64
	again   int64
	spans   map[int][]span // by the place of an end column
}

type span struct{ person, start, end int64 }

func newTableWatch(t table, p *Profile) *tableWatch {
	w := &tableWatch{table: t, p: p, keys: map[uint64]bool{}, seed: maphash.MakeSeed(), spans: map[int][]span{}}
	for _, c := range t.columns {
		w.columns = append(w.columns, ColumnProfile{Column: t.name + "." + c.name, Means: c.means, Words: map[string]int64{}})
		w.days = append(w.days, map[int64]int64{})
	}
	return w
}

func (w *tableWatch) see(row []value) {
	w.rows++
	days := make([]int64, len(row))
	var key strings.Builder
	for i := range row {
		c, found := &w.table.columns[i], &w.columns[i]
		v := row[i]
		text := strings.TrimSpace(v.String())
		if c.key {
			fmt.Fprintf(&key, "%s\x00", text)
		}
		days[i] = noDay
		switch {
		case text == "":
			found.Nulls++
		case c.means != "text" && c.means != "code" && slices.Contains(noneWords, strings.ToLower(text)):
			found.None = add(found.None, text)
		case c.typ == timestamp:
			days[i] = w.seeDay(i, v, text)
		case c.means == "flag" || c.means == "code":
			if _, seen := found.Words[text]; seen || len(found.Words) < mostWords {
				found.Words[text]++
			}
		case c.means == "id" || c.means == "everyone":
			if strings.HasPrefix(text, "-") || text == "0" {
				found.UpToZero++
			}
		}
	}
	if hash := maphash.String(w.seed, key.String()); key.Len() > 0 && w.keys[hash] {
		w.again++
	} else if key.Len() > 0 {
		w.keys[hash] = true
	}
	w.seeSpans(row, days)
}

const noDay = int64(1) << 62

// seeDay gives the day of a moment, and narrows the forms in which days that are text may be written.
func (w *tableWatch) seeDay(i int, v value, text string) int64 {
	micros := v.number
	if v.kind != moment {
		var fits []delimited.DateForm
		for _, form := range w.p.forms {
			if _, ok := form.Parse(text); ok {
				fits = append(fits, form)
			}
		}
		if len(fits) == 0 {
			w.columns[i].WrongDate = string(delimited.FormOf(text))
			return noDay
		}
		w.p.forms = fits
		at, _ := fits[0].Parse(text)
		micros = at.UnixMicro()
	}
	day := micros / microsPerDay
	if micros%microsPerDay < 0 {
		day--
	}
	if day < day1905 || day > day2100 {
		w.days[i][day]++
	}
	return day
}

const (
	day1905 = -23741 // days since 1970
	day2100 = 47482
)

// seeSpans keeps what shows whether an end is the last day in: whose row, its start and its end.
func (w *tableWatch) seeSpans(row []value, days []int64) {
	person := slices.IndexFunc(w.table.columns, func(c column) bool { return c.name == "person_id" })
	for i, c := range w.table.columns {
		start := slices.IndexFunc(w.table.columns, func(other column) bool { return c.isEnd() && c.means == "end of "+other.name })
		if person < 0 || start < 0 || days[start] == noDay {
			continue
		}
		id, _ := readWhole(strings.TrimSpace(row[person].String()))
		w.spans[i] = append(w.spans[i], span{id, days[start], days[i]})
	}
}

func (w *tableWatch) finish() {
	for i := range w.columns {
		found := &w.columns[i]
		for day, count := range w.days[i] {
			shown := midnight(day)
			if text := shown.String()[:10]; count > 1 && day < day1905 {
				found.EarlyDays = counted(found.EarlyDays, text, count)
			} else if count > 1 {
				found.LateDays = counted(found.LateDays, text, count)
			}
		}
		if found.Means == "flag" {
			found.Unknown = w.p.unknownWords(found.Column, found.Words)
		}
		w.p.Columns = append(w.p.Columns, *found)
		if len(w.spans[i]) > 0 {
			w.p.pair(found.Column, w.spans[i])
		}
	}
	w.p.Tables = append(w.p.Tables, TableProfile{w.table.name, w.rows, w.again})
}

func counted(days map[string]int64, day string, count int64) map[string]int64 {
	if days == nil {
		days = map[string]int64{}
	}
	days[day] += count
	return days
}

// unknownWords are the words of a flag that its conventions do not list.
func (p *Profile) unknownWords(place string, words map[string]int64) (unknown []string) {
	own := p.declared.Columns[place]
	known := slices.Concat(own.Yes, own.No)
	if own.Yes == nil {
		known = append(known, p.declared.Yes...)
	}
	if own.No == nil {
		known = append(known, p.declared.No...)
	}
	for word := range words {
		if !slices.ContainsFunc(known, func(k string) bool { return fold(k) == fold(word) }) {
			unknown = append(unknown, word)
		}
	}
	slices.Sort(unknown)
	return unknown
}

// pair counts how the end of each row lies to the start of the same person's next.
func (p *Profile) pair(place string, spans []span) {
	slices.SortStableFunc(spans, func(a, b span) int {
		if a.person != b.person {
			return int(a.person - b.person)
		}
		return int(a.start - b.start)
	})
	found := PairProfile{Column: place, Declared: slices.Contains(p.declared.InclusiveEnds, place)}
	for i := range len(spans) - 1 {
		if spans[i].person != spans[i+1].person || spans[i].end == noDay {
			continue
		}
		switch spans[i+1].start - spans[i].end {
		case 0:
			found.SameDay++
		case 1:
			found.DayBefore++
		}
	}
	found.Inclusive = found.DayBefore >= 3 && found.DayBefore > found.SameDay*2
	p.Pairs = append(p.Pairs, found)
}

func add(list []string, word string) []string {
	if !slices.Contains(list, word) {
		list = append(list, word)
	}
	return list
}

package borough

import (
	"context"
	"database/sql/driver"
	"errors"
	"math/rand/v2"
	"time"
)

// mosaic writes lives down as the case store's rows. What no truth hangs on (telephones, visits, workers) is drawn here.
type mosaic struct {
	Options
	dice
	now    time.Time
	store  store
	source *rand.PCG
	last   map[string]int64 // the last id given out, by table
	err    error            // the first fault; nothing is written after it
}

// writeCaseStore opens the case store and writes the tables that speak of no person.
func writeCaseStore(ctx context.Context, o Options) (writer, error) {
	s, err := openStore(ctx, o)
	if err != nil {
		return nil, err
	}
	source := rand.NewPCG(o.Seed, 0)
	m := &mosaic{Options: o, now: o.local(), store: s, dice: dice{rand.New(source)}, source: source, last: map[string]int64{}}
	m.reference()
	if m.err != nil {
		return nil, errors.Join(m.err, s.close())
	}
	return m, nil
}

func (m *mosaic) close() error { return m.store.close() }

// abandon leaves a database as it was.
func (m *mosaic) abandon() {
	if database, ok := m.store.(interface{ abandon() }); ok {
		database.abandon()
	}
}

// add writes everything about one person.
func (m *mosaic) add(l *life) error {
	if !l.isPerson() {
		return nil
	}
	m.source.Seed(m.Seed, uint64(l.personID)) // a person's rows do not depend on who went before
	m.person(l)
	m.home(l)
	m.telephones(l)
	m.references(l)
	m.relationships(l)
	m.professionals(l)
	adult := l.adultCare(m.Options)
	for i, s := range l.care.steps {
		id, subgroup := m.step(l, s)
		m.adultForm(id, subgroup, l.personID, adult.forms[i])
	}
	m.children(l)
	m.inCare(l)
	m.visits(l)
	m.groups(l)
	m.followUp(l)
	m.adultSteps(l, adult)
	m.casework(l)
	if m.Errors {
		m.faults(l)
	}
	return m.err
}

// row writes a row unless one before it could not be written.
func (m *mosaic) row(table string, values ...driver.Value) {
	if m.err == nil {
		m.err = m.store.put(table, values)
	}
}

// next gives out the next id of a table.
func (m *mosaic) next(table string) int64 {
	m.last[table]++
	return m.last[table]
}

// worker is anybody's id.
func (m *mosaic) worker() int64 { return firstWorker + int64(m.random.IntN(m.workers())) }

// ago is a moment of the working day so many days before as-at, but not before the person's birth.
func (m *mosaic) ago(l *life, low, high int) time.Time {
	day := midnight(m.now).AddDate(0, 0, -m.between(low, high)).Add(time.Duration(m.between(9*60, 17*60)) * time.Minute)
	return later(day, l.birth)
}

// text is a value, or null where there is none.
func text(s string) driver.Value {
	if s == "" {
		return nil
	}
	return s
}

// moment is a value, or null where there is none.
func moment(t time.Time) driver.Value {
	if t.IsZero() {
		return nil
	}
	return t
}

// known is an id, or null where it is 0.
func known(n int64) driver.Value {
	if n == 0 {
		return nil
	}
	return n
}

func flag(is bool) driver.Value {
	if is {
		return "Y"
	}
	return "N"
}

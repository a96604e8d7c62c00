// Package borough makes a synthetic council whose truth is known: a case store, health extracts, CP-IS files,
// trace answers, an opt-out reply, and beside them what a run must make of them.
package borough

import (
	"careshare/schedules/london"
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"strings"
	"time"

	"careshare/load/disk"
	"careshare/load/fault"

	"golang.org/x/sync/errgroup"
)

// Options say which borough is made, and where.
type Options struct {
	People    int       // persons of the case store; from 1 to MaxPeople, or with BeyondTestRange to MaxPeopleBeyond
	Seed      uint64    // same seed, same people, same bytes; of a database the same rows in their order
	AsAt      time.Time // the moment that the borough's scenarios are made for
	To        string    // folder for all files; made where it is missing
	CaseStore string    // "duckdb" (To/case_store.duckdb), "csv" (To/case_store/) or a postgres:// URL
	Errors    bool      // plant rows and lines that cannot be read

	BeyondTestRange bool // people after the first MaxPeople get NHS numbers that begin with 990 to 998
}

// MaxPeople is as many as the test range of NHS numbers (999 000 0000 to 999 999 9999) has two valid numbers for, and MaxPeopleBeyond
// as many as the numbers have that begin with 99.
const (
	MaxPeople       = slotsPerPrefix / slotsPerPerson
	MaxPeopleBeyond = prefixes * slotsPerPrefix / slotsPerPerson
)

// warningName is the file that marks a borough whose numbers are not all of the test range.
const warningName = "NUMBERS-BEYOND-THE-TEST-RANGE.txt"

const warning = `All people here are invented. NHS numbers that begin with 999 are test numbers, which are never issued.
Numbers here that begin with 990 to 998 are outside that range. None is issued today, but nothing promises that none will be.
Use them to measure speed and memory only. Never load this borough into a system that holds real patients.
`

// DefaultAsAt is the moment of the demo.
func DefaultAsAt() time.Time { return time.Date(2026, 11, 1, 7, 0, 0, 0, time.UTC) }

// Validate says what is wrong with the options.
func (o Options) Validate() error {
	switch {
	case o.People < 1 || o.People > MaxPeopleBeyond:
		return fmt.Errorf("people must be from 1 to %d", MaxPeopleBeyond)
	case o.People > MaxPeople && !o.BeyondTestRange:
		return fault.Hinted("give --beyond-test-range to use numbers that begin with 990 to 998 too: none is issued today, so measure with them, and never load them beside real patients",
			"the test range of NHS numbers holds %d people, not %d", MaxPeople, o.People)
	case o.AsAt.IsZero():
		return errors.New("borough: as-at is missing")
	case o.To == "":
		return errors.New("borough: the folder to write to is missing")
	case o.CaseStore != "" && o.CaseStore != "duckdb" && o.CaseStore != "csv" && !o.isPostgres():
		return errors.New("borough: the case store must be duckdb, csv or a postgres:// URL")
	}
	_, err := london.Zone()
	return err
}

// local is as-at on London's wall clock.
func (o Options) local() time.Time { return wallClock(o.AsAt) }

// wallClock is an instant on London's wall clock, labelled UTC so that it can be reckoned with; Validate has found the zone.
func wallClock(at time.Time) time.Time {
	zone, err := london.Zone()
	if err != nil {
		zone = time.UTC
	}
	at = at.In(zone)
	return time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, time.UTC)
}

func (o Options) path(parts ...string) string {
	return filepath.Join(append([]string{o.To}, parts...)...)
}

// writer takes every life once, in the order of lives, and finishes what it wrote on close.
type writer interface {
	add(*life) error
	close() error
}

// chunkSize is how many persons are made together: relatives, twins and duplicates are always of one chunk.
const chunkSize = 100

// chunks yields the borough's people, chunk by chunk and always in the same order; persons first in each chunk, then
// the patients whom the council does not know. No more than a chunk is held.
func (o Options) chunks() iter.Seq[[]*life] {
	return func(yield func([]*life) bool) {
		m := newMaker(o)
		for n := 0; n*chunkSize < o.People; n++ {
			if !yield(m.chunk(n)) {
				return
			}
		}
	}
}

// Make writes the whole borough. What it wrote before a fault stays behind, for the maker's eyes.
func Make(ctx context.Context, o Options) error {
	if err := o.Validate(); err != nil {
		return err
	}
	if o.People > MaxPeople {
		if err := disk.WriteFrom(o.path(warningName), strings.NewReader(warning)); err != nil {
			return err
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	toHealth := make(chan []*life, 8)
	group.Go(func() error {
		defer close(toHealth)
		return o.council(ctx, toHealth)
	})
	group.Go(func() error { return o.others(ctx, toHealth) })
	return group.Wait()
}

// council makes the people and writes the council's own side: the case store and the truth. Each chunk goes on to others.
func (o Options) council(ctx context.Context, others chan<- []*life) error {
	caseStore := func(o Options) (writer, error) { return writeCaseStore(ctx, o) }
	return o.write(ctx, o.chunks(), others, caseStore, writeTruth, writeReference)
}

// others writes what everybody else sends.
func (o Options) others(ctx context.Context, lives <-chan []*life) error {
	chunks := func(yield func([]*life) bool) {
		for chunk := range lives {
			if !yield(chunk) {
				return
			}
		}
	}
	return o.write(ctx, chunks, nil, writeHealth, writeCPIS, writeTrace, writeOptOut)
}

// write gives every life to the writers that open makes, and every finished chunk to next.
func (o Options) write(ctx context.Context, chunks iter.Seq[[]*life], next chan<- []*life, open ...func(Options) (writer, error)) (err error) {
	var writers []writer
	defer func() { err = finish(writers, err) }()
	for _, opened := range open {
		w, err := opened(o)
		if err != nil {
			return err
		}
		writers = append(writers, w)
	}
	for chunk := range chunks {
		if err := addAll(writers, chunk); err != nil {
			return err
		}
		if next == nil {
			continue
		}
		select {
		case next <- chunk:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return ctx.Err()
}

// finish closes the writers. After a fault a database takes back what it was given.
func finish(writers []writer, fault error) error {
	err := fault
	for _, w := range writers {
		if database, ok := w.(interface{ abandon() }); ok && fault != nil {
			database.abandon()
		}
		err = errors.Join(err, w.close())
	}
	return err
}

func addAll(writers []writer, chunk []*life) error {
	for _, w := range writers {
		for _, l := range chunk {
			if err := w.add(l); err != nil {
				return err
			}
		}
	}
	return nil
}

package review

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/pipeline/exit"
	"careshare/pipeline/snapshot"
	"careshare/reports"
	"careshare/reports/review"
)

// pair is one person and one number.
type pair struct {
	person int64
	number string
}

// Import holds a file against the queue and what was decided before, and remembers all of it or nothing.
func Import(ctx context.Context, p *console.Console, c config.Config, path, by string) (Imported, error) {
	file, err := os.Open(path)
	if err != nil {
		return Imported{}, exit.Usage(err)
	}
	defer file.Close()
	decisions, faults, err := review.Read(file)
	if err != nil {
		return Imported{}, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	l, err := snapshot.LockLake(ctx, p, c)
	if err != nil {
		return Imported{}, err
	}
	defer l.Unlock()
	queue, err := queueOf(ctx, c, l)
	if err != nil {
		return Imported{}, err
	}
	before, err := l.Reviews()
	if err != nil {
		return Imported{}, err
	}
	known := newKnown(queue, before)
	faults = append(faults, known.faults(decisions)...)
	if len(faults) > 0 {
		return Imported{}, faulty(filepath.Base(path), faults)
	}
	if len(decisions) == 0 {
		return Imported{}, fault.WithHint(fmt.Errorf("%s: no row has a decision", filepath.Base(path)), "write accept or reject under Decision")
	}
	implied := known.implied(decisions)
	done := Imported{By: by, Implied: len(implied)}
	var reviews []lake.Review
	for _, d := range append(decisions, implied...) {
		reviews = append(reviews, lake.Review{PersonID: d.PersonID, NHSNumber: d.NHSNumber, Decision: d.Decision})
		if d.Decision == review.Accept {
			done.Accepted++
		} else {
			done.Rejected++
		}
	}
	return done, l.Remember(by, reviews)
}

// faulty says every fault of a file, by place and rule.
func faulty(file string, faults []review.Fault) error {
	slices.SortStableFunc(faults, func(a, b review.Fault) int { return a.Row - b.Row })
	all := []error{fmt.Errorf("%s: %s cannot be taken, so none was", file, reports.Counted(len(faults), "row"))}
	for _, fault := range faults {
		all = append(all, fmt.Errorf("%s: %s", file, fault))
	}
	return errors.Join(all...)
}

// known is what decisions are compared with.
type known struct {
	queued   map[pair]bool    // in the queue of the current snapshot
	decided  map[pair]string  // the latest word on each pair
	accepted map[string]int64 // whose each accepted number is now
}

func newKnown(queue review.Queue, before []lake.Review) known {
	k := known{queued: map[pair]bool{}, decided: map[pair]string{}, accepted: map[string]int64{}}
	for _, row := range queue.Rows {
		person, _ := strconv.ParseInt(row[0], 10, 64) // our own snapshot's BIGINT
		k.queued[pair{person, row[1]}] = true
	}
	for _, r := range before {
		k.decide(pair{r.PersonID, r.NHSNumber}, r.Decision)
	}
	return k
}

// decide takes one more word in: of two numbers accepted for one person the later stands.
func (k known) decide(p pair, decision string) {
	k.decided[p] = decision
	if k.accepted[p.number] == p.person {
		delete(k.accepted, p.number)
	}
	if decision != review.Accept {
		return
	}
	for number, person := range k.accepted {
		if person == p.person {
			delete(k.accepted, number)
		}
	}
	k.accepted[p.number] = p.person
}

// faults are the rules that single rows cannot show. Rejections come first: a file may move a number from one person to
// another.
func (k known) faults(decisions []review.Decision) (faults []review.Fault) {
	seen, person := map[pair]bool{}, map[int64]bool{}
	for _, d := range decisions {
		p := pair{d.PersonID, d.NHSNumber}
		_, again := k.decided[p]
		switch {
		case !k.queued[p] && !again:
			faults = append(faults, review.Fault{Row: d.Row, Column: review.NumberColumn, Rule: "this person and number are not in the review queue"})
		case seen[p]:
			faults = append(faults, review.Fault{Row: d.Row, Column: review.DecisionColumn, Rule: "decided twice in this file"})
		case d.Decision == review.Accept && person[d.PersonID]:
			faults = append(faults, review.Fault{Row: d.Row, Column: review.DecisionColumn, Rule: "a second number accepted for one person"})
		}
		seen[p] = true
		person[d.PersonID] = person[d.PersonID] || d.Decision == review.Accept
	}
	return append(faults, k.taken(decisions)...)
}

// taken are numbers accepted for a person that are another's, by this file or by an earlier one.
func (k known) taken(decisions []review.Decision) (faults []review.Fault) {
	for _, wanted := range []string{review.Reject, review.Accept} {
		for _, d := range decisions {
			if d.Decision != wanted {
				continue
			}
			if owner, taken := k.accepted[d.NHSNumber]; d.Decision == review.Accept && taken && owner != d.PersonID {
				faults = append(faults, review.Fault{Row: d.Row, Column: review.NumberColumn, Rule: "accepted for another person; reject it there first"})
				continue
			}
			k.decide(pair{d.PersonID, d.NHSNumber}, d.Decision)
		}
	}
	return faults
}

// implied are the rejections that an accepted number brings: a person has one, so the others in the queue are not theirs.
func (k known) implied(decisions []review.Decision) (implied []review.Decision) {
	accepting := map[int64]bool{}
	for _, d := range decisions {
		accepting[d.PersonID] = accepting[d.PersonID] || d.Decision == review.Accept
	}
	for p := range k.queued {
		if _, decided := k.decided[p]; accepting[p.person] && !decided && p.number != "" {
			implied = append(implied, review.Decision{PersonID: p.person, NHSNumber: p.number, Decision: review.Reject})
		}
	}
	slices.SortFunc(implied, func(a, b review.Decision) int {
		if a.PersonID != b.PersonID {
			return int(a.PersonID - b.PersonID)
		}
		return strings.Compare(a.NHSNumber, b.NHSNumber)
	})
	return implied
}

// Package spool sends the reports that wait for their recipients, and one message a day about failures.
package spool

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"careshare/load/fault"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/reports"
	"careshare/reports/delivery"
	"careshare/schedules"
	"careshare/schedules/london"
)

// HandedOver is what a pass over the spool did.
type HandedOver struct {
	Deliveries []delivery.Delivery `json:"deliveries"` // that were tried
}

func (h HandedOver) Text(w io.Writer) {
	for _, d := range h.Deliveries {
		for _, to := range d.To {
			where := to.Folder
			if where == "" {
				where = to.Address
			}
			fmt.Fprintf(w, "%s  %s, %s: %s%s\n", d.ID, to.Recipient, where, to.State, Because(to.Reason, to.RetryAt))
		}
	}
}

// Failure is an error where anything that was tried did not arrive.
func (h HandedOver) Failure() error {
	failed := 0
	for _, d := range h.Deliveries {
		failed += len(d.Failed())
	}
	if failed == 0 {
		return nil
	}
	return fault.WithHint(fmt.Errorf("deliver: %s failed", reports.Counted(failed, "handover")), "careshare deliver --list tells why, and what is tried again")
}

// HandOverDue sends what is due, then the digest of what failed. Another process that is at it is left to it.
func HandOverDue(ctx context.Context, p *console.Console, c config.Config, slots []schedules.Slot) (done HandedOver, err error) {
	spool := c.Spool()
	send := func() error {
		mail := c.Delivery.Mailer()
		tried, err := spool.Send(ctx, p.Now, delivery.Carriers{Mail: mail.Send, Folder: delivery.ToFolder}, delivery.Retries{Attempts: c.Delivery.Attempts, After: c.Delivery.RetryAfter})
		done.Deliveries = append(done.Deliveries, tried...)
		return err
	}
	err = send()
	if err == nil {
		var isNew bool
		if isNew, err = digest(p, c, spool, slots); err == nil && isNew {
			err = send()
		}
	}
	if errors.Is(err, delivery.ErrBusy) {
		err = nil
	}
	return done, err
}

// DigestPrefix begins the id of each digest.
const DigestPrefix = "digest-"

// digest puts one message about all that failed since the last into the spool: at most one a day, and none while one waits.
// It names jobs, slots and reasons, never a person.
func digest(p *console.Console, c config.Config, spool *delivery.Spool, slots []schedules.Slot) (isNew bool, err error) {
	if len(c.Delivery.FailuresTo) == 0 {
		return false, nil
	}
	today, err := london.In(p.Now())
	if err != nil {
		return false, err
	}
	id := DigestPrefix + today.Format("20060102")
	waiting, err := spool.Waiting()
	if err != nil || spool.Knows(id) || slices.ContainsFunc(waiting, isDigest) {
		return false, err
	}
	since, err := lastDigest(spool, p.Now())
	if err != nil {
		return false, err
	}
	lines, told := Failures(waiting, slots, since)
	if len(lines) == 0 {
		return false, nil
	}
	d := delivery.Delivery{ID: id, At: p.Now().UTC().Truncate(time.Second), Subject: "careshare: " + reports.Counted(len(lines), "failure"), Lines: append(lines, "",
		"careshare schedule history and careshare deliver --list tell more. There is at most one such message a day.")}
	for _, name := range c.Delivery.FailuresTo {
		d.To = append(d.To, Handovers(c.Delivery, name, id, false, false)...)
	}
	if err := spool.Add(d, nil); err != nil {
		return false, err
	}
	return true, spool.Tell(told)
}

func isDigest(d delivery.Delivery) bool { return strings.HasPrefix(d.ID, DigestPrefix) }

// lastDigest is when the newest one was written; before the first, a day ago.
func lastDigest(spool *delivery.Spool, now time.Time) (at time.Time, err error) {
	done, err := spool.Done(DigestPrefix)
	if err != nil || len(done) == 0 {
		return now.AddDate(0, 0, -1), err
	}
	return done[len(done)-1].At, nil
}

// worthTelling is how many attempts must have failed, unless it was the last: what mends itself needs no one's eyes.
const worthTelling = 3

// Failures are lines about handovers and slots that fail for good, or again and again, and that no digest has named.
func Failures(waiting []delivery.Delivery, slots []schedules.Slot, since time.Time) (lines, told []string) {
	for _, d := range waiting {
		if d.Told || isDigest(d) {
			continue
		}
		isWorth := false
		for _, h := range d.Failed() {
			if h.State != delivery.Waiting || h.Attempts >= worthTelling {
				isWorth = true
				lines = append(lines, fmt.Sprintf("%s to %s: %s%s", d.ID, h.Recipient, h.State, Because(h.Reason, h.RetryAt)))
			}
		}
		if isWorth {
			told = append(told, d.ID)
		}
	}
	for _, s := range slots {
		if (s.Failures >= worthTelling || s.Failures > 0 && s.State == schedules.Skipped) && s.State != schedules.Done && s.Changed.After(since) {
			lines = append(lines, fmt.Sprintf("%s %s: %s%s", s.Job, s.At.Format(time.RFC3339), s.State, Because(s.Reason, s.RetryAt)))
		}
	}
	return lines, told
}

// Handovers are one recipient's: a message to each address, a folder. Reports about people go into a folder that may hold them,
// and nowhere else.
func Handovers(d config.Delivery, name, id string, mayAttach, isAggregate bool) (to []delivery.Handover) {
	r := d.Recipients[name]
	for _, address := range r.Mail {
		to = append(to, delivery.Handover{
			Recipient: name, Address: address, WithFiles: mayAttach, State: delivery.Waiting, MessageID: d.Mailer().MessageID(id, address),
		})
	}
	if r.Folder != "" {
		to = append(to, delivery.Handover{Recipient: name, Folder: r.Folder, WithFiles: isAggregate || r.Identifiable, State: delivery.Waiting})
	}
	return to
}

// Because is a reason, and when the thing is tried again, in words.
func Because(reason string, retryAt time.Time) (text string) {
	if reason != "" {
		text = ": " + reason
	}
	if !retryAt.IsZero() {
		text += ", again at " + retryAt.Format(time.RFC3339)
	}
	return text
}

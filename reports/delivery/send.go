package delivery

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Carrier hands one delivery over. Its error is a refusal where trying again is in vain.
type Carrier func(ctx context.Context, d Delivery, h Handover, files []string) error

// Carriers are the ways out.
type Carriers struct {
	Mail   Carrier
	Folder Carrier
}

// Send hands over what is due now, each handover once, and returns the deliveries that it tried. A process that ends
// between a handover and its record leaves the handover waiting: it is made again, with the same Message-ID.
func (s *Spool) Send(ctx context.Context, now func() time.Time, by Carriers, retries Retries) (tried []Delivery, err error) {
	release, err := s.lock()
	if err != nil {
		return nil, err
	}
	defer release()
	if err := s.tidy(); err != nil {
		return nil, err
	}
	waiting, err := s.Waiting()
	if err != nil {
		return nil, err
	}
	for _, d := range waiting {
		any := false
		for i := range d.To {
			if ctx.Err() != nil {
				return tried, ctx.Err()
			}
			if !retries.isDue(now(), d.To[i]) {
				continue
			}
			any = true
			s.hand(ctx, d, &d.To[i], now, by, retries)
			if ctx.Err() != nil && d.To[i].State != Delivered {
				return tried, ctx.Err() // an interruption is no failure
			}
			s.crash("handed")
			if err := s.settle(d); err != nil {
				return tried, fmt.Errorf("spool %s: %w", d.ID, err)
			}
		}
		if any {
			tried = append(tried, d)
		}
	}
	return tried, nil
}

// tidy ends what a crash kept from ending: a record that is done, and what has no name yet.
func (s *Spool) tidy() error {
	parts, err := filepath.Glob(filepath.Join(s.folder, "waiting", ".part-*"))
	if err != nil {
		return err
	}
	for _, part := range parts {
		if err := os.RemoveAll(part); err != nil {
			return fmt.Errorf("tidy spool: %w", err)
		}
	}
	waiting, err := s.Waiting()
	if err != nil {
		return err
	}
	for _, d := range waiting {
		if d.ended(s.told) {
			if err := s.settle(d); err != nil {
				return fmt.Errorf("tidy spool: %w", err)
			}
		}
	}
	return nil
}

func (s *Spool) hand(ctx context.Context, d Delivery, h *Handover, now func() time.Time, by Carriers, retries Retries) {
	var files []string
	if h.WithFiles {
		for _, file := range d.Files {
			files = append(files, filepath.Join(s.waiting(d.ID), file.Name))
		}
	}
	carry := by.Mail
	if h.Folder != "" {
		carry = by.Folder
	}
	err := carry(ctx, d, *h, files)
	var refusal refusal
	switch {
	case err == nil:
		h.State, h.DeliveredAt, h.Reason, h.RetryAt = Delivered, now().UTC(), "", time.Time{}
	case errors.As(err, &refusal):
		h.State, h.Reason, h.RetryAt = Refused, err.Error(), time.Time{}
	default:
		h.Attempts++
		at, again := retries.after(now().UTC(), h.Attempts)
		h.Reason, h.RetryAt = err.Error(), at
		if !again {
			h.State, h.RetryAt = GivenUp, time.Time{}
		}
	}
}

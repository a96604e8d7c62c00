package mailbox

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"careshare/extract/mesh"
)

// readReport finds the sent message that a report is about.
func (m *Mailbox) readReport(record *Received, header mesh.Header) error {
	sent, err := readAll[Sent](filepath.Join(m.o.State, "sent"))
	if err != nil {
		return err
	}
	for _, s := range sent {
		if s.MessageID != "" && s.MessageID == header.LinkedMessageID || s.LocalID == header.LocalID {
			record.Answers, record.Exchange = s.LocalID, s.Exchange
		}
	}
	record.Failure = &Failure{At: record.Stored, Rule: "not_delivered", Code: header.StatusCode, Owner: m.ownerOf(header.WorkflowID)}
	if record.Answers == "" {
		record.Failure.Rule = "report_about_nothing_sent"
	}
	return nil
}

// report passes a report's failure on to the sent message, which then has it alone.
func (m *Mailbox) report(record Received) error {
	if record.Type != mesh.Report || record.Answers == "" {
		return nil
	}
	sent, found, err := read[Sent](m.sentPath(record.Answers))
	if err != nil || !found || sent.State == mesh.Failed {
		return err
	}
	sent.State, sent.Changed = mesh.Failed, record.Stored
	sent.Failure = &Failure{At: record.Stored, Rule: "not_delivered", Code: record.Failure.Code, Owner: m.ownerOf(sent.WorkflowID)}
	return m.keepSent(sent)
}

// track asks MESH about every sent message that is on its way.
func (m *Mailbox) track(ctx context.Context) error {
	sent, err := readAll[Sent](filepath.Join(m.o.State, "sent"))
	if err != nil {
		return err
	}
	var faults []error
	for _, s := range sent {
		if s.State != mesh.Accepted {
			continue
		}
		if err := m.follow(ctx, s); err != nil {
			faults = append(faults, fmt.Errorf("track %s: %w", s.File, err))
			if ctx.Err() != nil || isRefused(err) {
				break
			}
		}
	}
	return errors.Join(faults...)
}

// follow records what became of an accepted message.
func (m *Mailbox) follow(ctx context.Context, s Sent) error {
	var found mesh.Tracking
	err := m.retry(ctx, func() (err error) { found, err = m.client.TrackMessage(ctx, s.MessageID); return err })
	now := m.o.Now().UTC()
	switch {
	case errors.Is(err, mesh.ErrNotSent):
		return m.fail(&s, "lost_by_mesh", "")
	case err != nil:
		return err
	case found.State == mesh.Failed:
		return m.fail(&s, "not_delivered", found.Code)
	case found.State == mesh.Collected:
		s.State, s.Changed = mesh.Collected, now
		if err := m.keepSent(s); err != nil {
			return err
		}
		m.o.Step("collected")
		return m.clear(s)
	case now.Sub(s.Changed) > m.o.Expiry:
		return m.fail(&s, "not_collected_in_time", "")
	}
	return nil
}

// fail records that a message was not delivered. Its file stays in the outbox, and is not sent again by itself.
func (m *Mailbox) fail(s *Sent, rule, code string) error {
	s.State, s.Changed = mesh.Failed, m.o.Now().UTC()
	s.Failure = &Failure{At: s.Changed, Rule: rule, Code: code, Owner: m.ownerOf(s.WorkflowID)}
	return m.keepSent(*s)
}

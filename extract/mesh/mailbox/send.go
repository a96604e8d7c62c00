package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"careshare/extract/mesh"
)

// Send sends every file of every outbox that was not sent before. One file's failure does not stop the next. The error
// joins what kept files in their outbox; the next call tries them again.
func (m *Mailbox) Send(ctx context.Context) (sent []Sent, err error) {
	release, err := m.lock()
	if err != nil {
		return nil, err
	}
	defer release()
	var left []error
	for _, e := range m.o.Exchanges {
		paths, err := e.waiting()
		if err != nil {
			left = append(left, err)
		}
		for _, path := range paths {
			s, isNew, err := m.sendFile(ctx, e, path)
			if isNew {
				sent = append(sent, s)
			}
			if err != nil {
				left = append(left, fmt.Errorf("send %s of %s: %w", filepath.Base(path), e.Name, err))
			}
			if ctx.Err() != nil || isRefused(err) {
				return sent, errors.Join(left...)
			}
		}
	}
	return sent, errors.Join(left...)
}

// waiting lists the files of an outbox, by name. Hidden files are not finished yet.
func (e Exchange) waiting() (paths []string, err error) {
	if e.Outbox == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(e.Outbox)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the outbox of %s: %w", e.Name, err)
	}
	for _, entry := range entries {
		isMatch, err := filepath.Match(e.Match, entry.Name())
		if err != nil {
			return nil, fmt.Errorf("list the outbox of %s: %w", e.Name, err)
		}
		if entry.Type().IsRegular() && !strings.HasPrefix(entry.Name(), ".") && (isMatch || e.Match == "") {
			paths = append(paths, filepath.Join(e.Outbox, entry.Name()))
		}
	}
	return paths, nil
}

// sendFile sends a file unless it was sent; isNew says that this call sent it or found that it failed.
func (m *Mailbox) sendFile(ctx context.Context, e Exchange, path string) (s Sent, isNew bool, err error) {
	sha, size, err := digest(path)
	if err != nil {
		return s, false, err
	}
	if s, err = m.recordOf(e, path, sha, size); err != nil {
		return s, false, err
	}
	switch s.State {
	case mesh.Collected:
		return s, false, m.clear(s) // a crash came before the file was removed
	case mesh.Accepted, mesh.Failed:
		return s, false, nil
	}
	err = m.deliver(ctx, &s, path)
	switch {
	case err == nil:
		return s, true, nil
	case mesh.Temporary(err), isRefused(err), ctx.Err() != nil:
		return s, false, err // not known, or not this file's fault: asked for again by the next call
	}
	return s, true, errors.Join(err, m.fail(&s, "refused", codeOf(err)))
}

func codeOf(err error) string {
	var refused *mesh.Error
	if errors.As(err, &refused) {
		return refused.Code
	}
	return ""
}

// recordOf is the newest record of a file, which is made where there is none: before anything is sent.
func (m *Mailbox) recordOf(e Exchange, path, sha string, size int64) (s Sent, err error) {
	for attempt := 1; ; attempt++ {
		id := localID(e, sha, attempt)
		found, exists, err := read[Sent](m.sentPath(id))
		if err != nil {
			return s, err
		}
		if exists && found.State == mesh.Failed && found.Failure != nil && found.Failure.Note == sendAgain {
			continue
		}
		if exists {
			return found, nil
		}
		now := m.o.Now().UTC()
		s = Sent{
			LocalID: id, Exchange: e.Name, WorkflowID: e.WorkflowID, To: e.Recipient, File: filepath.Base(path),
			SHA256: sha, Bytes: size, Attempt: attempt, Begun: now, Changed: now,
		}
		if s.SentAs, err = m.sendAs(e, s); err != nil {
			return s, err
		}
		return s, m.keepSent(s)
	}
}

// sendAs is the name that the recipient sees.
func (m *Mailbox) sendAs(e Exchange, s Sent) (string, error) {
	if e.SendAs == "" {
		return s.File, nil
	}
	number := 1
	if strings.Contains(e.SendAs, "{nnnn}") {
		sent, err := readAll[Sent](filepath.Join(m.o.State, "sent"))
		if err != nil {
			return "", err
		}
		for _, earlier := range sent {
			if earlier.Exchange == e.Name && earlier.Begun.Format(time.DateOnly) == s.Begun.Format(time.DateOnly) {
				number++
			}
		}
	}
	return strings.NewReplacer("{name}", s.File, "{mailbox}", m.client.Mailbox(), "{ddmmyy}", s.Begun.Format("020106"), "{nnnn}", fmt.Sprintf("%04d", number)).Replace(e.SendAs), nil
}

// deliver brings a message to MESH whole. MESH is asked for the local id first, so what an earlier attempt sent counts.
func (m *Mailbox) deliver(ctx context.Context, s *Sent, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return m.retry(ctx, func() error {
		m.o.Step("asking")
		found, err := m.client.Track(ctx, s.LocalID)
		switch {
		case errors.Is(err, mesh.ErrNotSent):
			found = mesh.Tracking{State: mesh.Uploading}
			found.MessageID, err = m.client.Send(ctx, mesh.Outgoing{
				To: s.To, WorkflowID: s.WorkflowID, LocalID: s.LocalID, FileName: s.SentAs, Subject: s.LocalID, SHA256: s.SHA256,
			}, file, s.Bytes)
			if err == nil && m.client.Chunks(s.Bytes) == 1 {
				found.State = mesh.Accepted
			}
		case errors.Is(err, mesh.ErrSentTwice):
			return m.fail(s, "sent_twice", "")
		}
		if err != nil {
			return err
		}
		m.o.Step("sent")
		if found.State == mesh.Uploading {
			for number := 2; number <= m.client.Chunks(s.Bytes); number++ {
				if err := m.client.SendChunk(ctx, found.MessageID, number, file, s.Bytes); err != nil {
					return err
				}
				m.o.Step("chunk")
			}
			found.State = mesh.Accepted
		}
		return m.accept(s, found)
	})
}

// accept records what MESH has.
func (m *Mailbox) accept(s *Sent, found mesh.Tracking) error {
	s.MessageID, s.State, s.Changed = found.MessageID, found.State, m.o.Now().UTC()
	if found.State == mesh.Failed {
		return m.fail(s, "not_delivered", found.Code)
	}
	return m.keepSent(*s)
}

// clear removes a file that the recipient has from the outbox, unless it is another file by now.
func (m *Mailbox) clear(s Sent) error {
	for _, e := range m.o.Exchanges {
		if e.Name != s.Exchange || e.Keep {
			continue
		}
		path := filepath.Join(e.Outbox, s.File)
		sha, _, err := digest(path)
		if errors.Is(err, fs.ErrNotExist) || err == nil && sha != s.SHA256 {
			return nil
		}
		if err := errors.Join(err, os.Remove(path)); err != nil {
			return fmt.Errorf("clear the outbox of %s: %w", e.Name, err)
		}
	}
	return nil
}

package mailbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"careshare/extract/mesh"
)

// sendAgain is the note of a failure whose file is to be sent once more.
const sendAgain = "sent again"

// ExchangeStatus is how one exchange is doing.
type ExchangeStatus struct {
	Exchange  string    `json:"exchange"`
	Owner     string    `json:"owner"`
	Waiting   int       `json:"waiting"`    // files in the outbox that MESH does not have yet
	OnTheWay  int       `json:"on_the_way"` // MESH has them, the recipient does not yet
	Collected int       `json:"collected"`
	Received  int       `json:"received"`
	LastSent  time.Time `json:"last_sent,omitzero"`
	LastCame  time.Time `json:"last_received,omitzero"`
}

// Open is a failure that nobody has resolved.
type OpenFailure struct {
	ID       string `json:"id"` // local id of a sent file, or MESH's id of a received message
	Exchange string `json:"exchange,omitempty"`
	File     string `json:"file,omitempty"`
	Failure
}

// Status is what the records say, without asking MESH.
type Status struct {
	Exchanges []ExchangeStatus `json:"exchanges"`
	Failures  []OpenFailure    `json:"failures"`
}

// Status reads the records and the outboxes.
func (m *Mailbox) Status() (Status, error) {
	sent, err := readAll[Sent](filepath.Join(m.o.State, "sent"))
	if err != nil {
		return Status{}, err
	}
	received, err := readAll[Received](filepath.Join(m.o.State, "received"))
	if err != nil {
		return Status{}, err
	}
	var status Status
	known := map[string]bool{}
	for _, e := range m.o.Exchanges {
		status.Exchanges = append(status.Exchanges, ExchangeStatus{Exchange: e.Name, Owner: e.Owner})
	}
	for _, s := range sent {
		known[s.Exchange+"/"+s.SHA256] = s.State != "" && s.State != mesh.Uploading
		status.count(s.Exchange, func(e *ExchangeStatus) {
			switch s.State {
			case mesh.Accepted:
				e.OnTheWay++
			case mesh.Collected:
				e.Collected++
			}
			if s.State != "" && s.Changed.After(e.LastSent) {
				e.LastSent = s.Changed
			}
		})
		if s.Failure.isOpen() {
			status.Failures = append(status.Failures, OpenFailure{s.LocalID, s.Exchange, s.File, *s.Failure})
		}
	}
	for _, r := range received {
		status.count(r.Exchange, func(e *ExchangeStatus) {
			e.Received++
			if r.Stored.After(e.LastCame) {
				e.LastCame = r.Stored
			}
		})
		if r.Failure.isOpen() && (r.Type == mesh.Data || r.Answers == "") { // a report's failure is the sent file's
			status.Failures = append(status.Failures, OpenFailure{r.MessageID, r.Exchange, filepath.Base(r.File), *r.Failure})
		}
	}
	return status, m.countWaiting(&status, known)
}

func (s *Status) count(exchange string, add func(*ExchangeStatus)) {
	for i := range s.Exchanges {
		if s.Exchanges[i].Exchange == exchange {
			add(&s.Exchanges[i])
		}
	}
}

func (m *Mailbox) countWaiting(status *Status, known map[string]bool) error {
	for _, e := range m.o.Exchanges {
		paths, err := e.waiting()
		if err != nil {
			return err
		}
		for _, path := range paths {
			sha, _, err := digest(path)
			if errors.Is(err, os.ErrNotExist) {
				continue
			}
			if err != nil {
				return fmt.Errorf("read the outbox of %s: %w", e.Name, err)
			}
			if !known[e.Name+"/"+sha] {
				status.count(e.Name, func(s *ExchangeStatus) { s.Waiting++ })
			}
		}
	}
	return nil
}

// ErrNoFailure says that an id has no open failure.
var ErrNoFailure = errors.New("no open failure has this id")

// Resolve closes a failure with a note of who did what.
func (m *Mailbox) Resolve(id, note string) error {
	if note == "" || note == sendAgain {
		return errors.New("say in a few words what was done")
	}
	return m.resolve(id, note)
}

// Again closes the failure of a sent file, so that the next Send sends the file once more under a new local id.
func (m *Mailbox) Again(id string) error {
	if _, found, err := read[Sent](m.sentPath(filepath.Base(id))); err != nil || !found {
		return errors.Join(err, fmt.Errorf("%s: %w of a sent file", id, ErrNoFailure))
	}
	return m.resolve(id, sendAgain)
}

func (m *Mailbox) resolve(id, note string) error {
	release, err := m.lock()
	if err != nil {
		return err
	}
	defer release()
	id, now := filepath.Base(id), m.o.Now().UTC()
	sent, found, err := read[Sent](m.sentPath(id))
	if err != nil {
		return err
	}
	if found && sent.Failure.isOpen() {
		sent.Failure.Resolved, sent.Failure.Note = now, note
		return m.keepSent(sent)
	}
	received, found, err := read[Received](m.receivedPath(id))
	if err != nil {
		return err
	}
	if found && received.Failure.isOpen() {
		received.Failure.Resolved, received.Failure.Note = now, note
		return m.keepReceived(received)
	}
	return fmt.Errorf("%s: %w", id, ErrNoFailure)
}

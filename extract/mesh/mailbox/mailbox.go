// Package mailbox keeps a council's MESH mailbox: it sends the files of outboxes, stores what arrives, and knows by
// one record a message what became of it.
//
// A message is acknowledged after its file and its record are safe on disk. A file is sent after a record says so, and
// MESH is asked for the record's local id before every attempt. So a crash at any moment is repaired by the next call:
// nothing is lost and nothing is sent twice.
package mailbox

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"careshare/extract/mesh"
)

// Exchange is one kind of message, out, in or both.
type Exchange struct {
	Name       string // such as trace; part of local ids
	WorkflowID string
	Owner      string // who must follow up a failure: a team or a role

	// Out.
	Recipient string // mailbox
	Outbox    string // folder; empty: nothing is sent
	Match     string // of the names of files to send, such as *.csv; empty: every file
	SendAs    string // the name that the recipient sees: {name} is the file's own, {mailbox} ours, {ddmmyy} the day, {nnnn} the day's count; empty: {name}
	Keep      bool   // leave a file where it is once the recipient has it

	// In.
	Senders []string // mailboxes that may send; none: nothing is expected
	Folder  string   // where files are put
	SaveAs  string   // their names: {message} is MESH's id, {request} the name of the file that this answers
}

var exchangeName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// Validate returns every fault of the exchange.
func (e Exchange) Validate() error {
	var faults []error
	check := func(ok bool, key, rule string) {
		if !ok {
			faults = append(faults, fmt.Errorf("%s: %s", key, rule))
		}
	}
	check(exchangeName.MatchString(e.Name), "name", "must be small letters, digits and _")
	check(e.WorkflowID != "", "workflow", "name the workflow id that NHS England gave for this exchange")
	check(e.Owner != "", "owner", "name the team or role that follows up failures")
	check(e.Outbox != "" || e.Folder != "", "outbox, folder", "give one of them at least")
	check((e.Outbox == "") == (e.Recipient == ""), "outbox, recipient", "give both or neither")
	check((e.Folder == "") == (len(e.Senders) == 0), "folder, senders", "give both or neither")
	_, err := filepath.Match(e.Match, "x")
	check(err == nil, "match", "is not a pattern such as *.csv")
	sendAs := strings.NewReplacer("{name}", "x", "{mailbox}", "x", "{ddmmyy}", "x", "{nnnn}", "x").Replace(e.SendAs)
	check(!strings.ContainsAny(sendAs, "{}/\\"), "send_as", "may hold {name}, {mailbox}, {ddmmyy}, {nnnn} and a file's name")
	name := strings.NewReplacer("{message}", "x", "{request}", "x").Replace(e.SaveAs)
	check(e.Folder == "" || name == filepath.Base(name) && !strings.HasPrefix(name, "."), "save_as", "must be a file's name such as {message}.csv")
	check(e.Folder == "" || strings.Contains(e.SaveAs, "{message}") || strings.Contains(e.SaveAs, "{request}"), "save_as", "must contain {message} or {request}")
	return errors.Join(faults...)
}

// Options say what to exchange and where the records are kept.
type Options struct {
	State     string // folder of records
	Exchanges []Exchange
	Expiry    time.Duration    // a message that was not collected for so long has failed; 0: 5 days, MESH's own limit
	Now       func() time.Time // the clock
	Attempts  int              // of a request that MESH is too busy for; 0: 4
	Wait      func(context.Context, time.Duration) error
	Step      func(step string) // for tests: the process may end at any step; nil: nothing
}

// Mailbox is one mailbox with its records. It is safe for one goroutine; other processes are kept out by a lock.
type Mailbox struct {
	o      Options
	client *mesh.Client
}

// ErrBusy says that another process uses the mailbox.
var ErrBusy = errors.New("another process uses the mailbox")

// Open needs no folder to exist.
func Open(client *mesh.Client, o Options) (*Mailbox, error) {
	var faults []error
	names := map[string]bool{}
	for _, e := range o.Exchanges {
		if err := e.Validate(); err != nil {
			faults = append(faults, fmt.Errorf("exchange %s: %w", e.Name, err))
		}
		if names[e.Name] {
			faults = append(faults, fmt.Errorf("exchange %s: is there twice", e.Name))
		}
		names[e.Name] = true
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	if o.Expiry == 0 {
		o.Expiry = 5 * 24 * time.Hour
	}
	if o.Attempts == 0 {
		o.Attempts = 4
	}
	if o.Wait == nil {
		o.Wait = wait
	}
	if o.Step == nil {
		o.Step = func(string) {}
	}
	return &Mailbox{o: o, client: client}, nil
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

func (m *Mailbox) lock() (release func(), err error) {
	if err := makeFolders(m.o.State, "sent", "received", "unclaimed"); err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(m.o.State, "lock"), flock.SetPermissions(0o600))
	taken, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock mailbox: %w", err)
	}
	if !taken {
		return nil, ErrBusy
	}
	return func() { lock.Unlock() }, nil
}

// retry calls MESH again while the fault may go away: after a second, two, four, or as long as MESH asked for.
func (m *Mailbox) retry(ctx context.Context, call func() error) error {
	for attempt, pause := 1, time.Second; ; attempt, pause = attempt+1, pause*2 {
		err := call()
		if err == nil || attempt == m.o.Attempts || !mesh.Temporary(err) || ctx.Err() != nil {
			return err
		}
		var refused *mesh.Error
		if errors.As(err, &refused) && refused.RetryAfter > pause {
			pause = min(refused.RetryAfter, 5*time.Minute)
		}
		if err := m.o.Wait(ctx, pause); err != nil {
			return err
		}
	}
}

// route finds the exchange that takes a message; the rule says why there is none.
func (m *Mailbox) route(h mesh.Header) (e Exchange, rule string) {
	rule = "unknown_workflow"
	for _, e := range m.o.Exchanges {
		if e.Folder == "" || e.WorkflowID != h.WorkflowID {
			continue
		}
		if slices.Contains(e.Senders, h.From) {
			return e, ""
		}
		rule = "unexpected_sender"
	}
	return Exchange{}, rule
}

// Package exchange sends and receives files through the council's MESH mailbox, and says what became of them.
package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"careshare/extract/mesh"
	"careshare/extract/mesh/mailbox"
	"careshare/load/fault"
	"careshare/pipeline/console"
	"careshare/reports"
)

// Work is what one subcommand does in the mailbox.
type Work func(context.Context, *mailbox.Mailbox) (console.Result, error)

// ErrFailures says that failures wait for their owners; the message lists them.
var ErrFailures = errors.New("mesh: failures wait for their owners; careshare mesh status lists them")

// IsPart reports whether a result says anything although not all of the work was done.
func IsPart(r console.Result) bool {
	switch result := r.(type) {
	case Sent:
		return len(result.Sent) > 0
	case Received:
		return len(result.Received) > 0
	}
	return false
}

// Sent is what one call sent.
type Sent struct {
	Sent []mailbox.Sent `json:"sent"`
}

// Text prints a line a file.
func (m Sent) Text(w io.Writer) {
	for _, s := range m.Sent {
		fmt.Fprintf(w, "%s: %s, %s, %s\n", s.Exchange, s.File, reports.Counted(s.Bytes, "byte"), stateWords(s.State))
	}
	if len(m.Sent) == 0 {
		fmt.Fprintln(w, "nothing to send")
	}
}

func stateWords(s mesh.State) string {
	switch s {
	case mesh.Accepted:
		return "accepted by MESH"
	case mesh.Collected:
		return "collected by the recipient"
	case mesh.Failed:
		return "not delivered"
	}
	return "not sent yet"
}

// Send sends what waits.
func Send(ctx context.Context, box *mailbox.Mailbox) (console.Result, error) {
	sent, err := box.Send(ctx)
	if err == nil {
		err = openFailures(box)
	}
	return Sent{sent}, hint(err)
}

// Received is what one call took from the inbox.
type Received struct {
	Received []mailbox.Received `json:"received"`
}

// Text prints a line a message.
func (m Received) Text(w io.Writer) {
	for _, r := range m.Received {
		switch {
		case r.Failure != nil:
			fmt.Fprintf(w, "%s: %s; owner: %s\n", r.MessageID, ruleWords(r.Failure.Rule, r.Failure.Code), r.Failure.Owner)
		default:
			fmt.Fprintf(w, "%s: %s, %s\n", r.Exchange, r.File, reports.Counted(r.Bytes, "byte"))
		}
	}
	if len(m.Received) == 0 {
		fmt.Fprintln(w, "nothing to receive")
	}
}

// Receive takes what waits.
func Receive(ctx context.Context, box *mailbox.Mailbox) (console.Result, error) {
	received, err := box.Receive(ctx)
	if err == nil {
		err = openFailures(box)
	}
	return Received{received}, hint(err)
}

// openFailures is an error while a failure is open, so that a schedule's job fails and its digest names it.
func openFailures(box *mailbox.Mailbox) error {
	status, err := box.Status()
	if err == nil && len(status.Failures) > 0 {
		err = ErrFailures
	}
	return err
}

func hint(err error) error {
	switch {
	case mesh.IsStatus(err, 403):
		return fault.WithHint(err, "check the mailbox, its password, the shared key and the client certificate of mesh:")
	case errors.Is(err, mailbox.ErrBusy):
		return fault.WithHint(err, "wait until the other careshare mesh has ended")
	}
	return err
}

// State is the records' word on every exchange.
type State struct{ mailbox.Status }

// Text prints a table of exchanges, then the failures.
func (m State) Text(w io.Writer) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "EXCHANGE\tWAITING\tON THE WAY\tCOLLECTED\tRECEIVED\tLAST SENT\tLAST RECEIVED\tOWNER")
	for _, e := range m.Exchanges {
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\t%s\t%s\t%s\n", e.Exchange, e.Waiting, e.OnTheWay, e.Collected, e.Received, dayOf(e.LastSent), dayOf(e.LastCame), e.Owner)
	}
	table.Flush()
	for _, f := range m.Failures {
		fmt.Fprintf(w, "failure %s since %s: %s; owner: %s\n", f.ID, dayOf(f.At), ruleWords(f.Rule, f.Code), f.Owner)
	}
}

func dayOf(at time.Time) string {
	if at.IsZero() {
		return "-"
	}
	return at.Format("2 Jan 2006")
}

// Status asks the records alone.
func Status(_ context.Context, box *mailbox.Mailbox) (console.Result, error) {
	status, err := box.Status()
	return State{status}, err
}

// ruleWords explains a failure, with MESH's code where it gave one.
func ruleWords(rule, code string) string {
	words := map[string]string{
		"unknown_workflow":          "no exchange has the message's workflow id; the file is kept with the records",
		"unexpected_sender":         "the sender is not one of the exchange's senders; the file is kept with the records",
		"answers_nothing_sent":      "the message answers no file that was sent; the file is kept with the records",
		"report_about_nothing_sent": "MESH reports on a message that careshare did not send",
		"not_delivered":             "MESH could not deliver the file",
		"not_collected_in_time":     "the recipient did not collect the file in five days",
		"lost_by_mesh":              "MESH no longer knows the file",
		"sent_twice":                "MESH has several messages of this file; ask the recipient which to use",
		"refused":                   "MESH refused the file",
	}[rule]
	if words == "" {
		words = rule
	}
	if meaning := mesh.Meaning(code); meaning != "" {
		return fmt.Sprintf("%s (code %s: %s)", words, code, meaning)
	}
	if code != "" {
		return fmt.Sprintf("%s (code %s)", words, code)
	}
	return words
}

// Resolved is a failure that somebody closed.
type Resolved struct {
	ID string `json:"id"`
}

// Text says so.
func (r Resolved) Text(w io.Writer) { fmt.Fprintf(w, "resolved %s\n", r.ID) }

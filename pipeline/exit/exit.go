// Package exit says how a command ends: its errors, its exit code and what stderr says.
package exit

import (
	"context"
	"errors"
	"fmt"
	"io"

	"careshare/load/lake"
	"careshare/sql"
)

// The exit codes are a contract with schedulers; help and pipeline/README.md print them.
const (
	Done         = 0
	Failed       = 1
	WrongUsage   = 2
	Quarantined  = 3
	ChecksFailed = 4
	Stale        = 5
	Locked       = 11
	Interrupted  = 130
)

// Codes are the exit codes as help prints them.
const Codes = `Exit codes:
  0    done
  1    failed, nothing published (or, as the message then says, published and not delivered)
  2    wrong usage or configuration
  3    published, with rows quarantined
  4    checks failed, nothing published; or unit cases failed (test)
  5    stale (status --max-age)
  11   locked by another run
  130  interrupted`

// What a command may end with beside an error: the exit code switches on these.
var (
	ErrQuarantined = errors.New("published, with rows quarantined")
	ErrChecks      = errors.New("checks failed, nothing published")
	ErrStale       = errors.New("stale")
	ErrCases       = errors.New("unit cases failed")
)

// usageError is a command line or a configuration that cannot be carried out.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// Usage marks an error as a wrong command line or configuration.
func Usage(err error) error { return usageError{err} }

// OneLine is an error in one line, with its next step and without what the engine quotes of the rows.
func OneLine(err error) string {
	var h interface{ Hint() string }
	if errors.As(err, &h) {
		return sql.WithoutValues(err).Error() + "; " + h.Hint()
	}
	return sql.WithoutValues(err).Error()
}

// Report says on stderr why a command failed, and returns its exit code.
func Report(ctx context.Context, stderr io.Writer, err error) int {
	if err == nil {
		return Done
	}
	code := Code(ctx, err)
	if code == Quarantined {
		fmt.Fprintf(stderr, "careshare: %s (exit code %d; audit/quarantine lists them)\n", sql.WithoutValues(err), code)
		return code
	}
	said := sql.WithoutValues(err).Error()
	if code == Interrupted { // else what it was at would read like the fault
		said = "interrupted: " + said
	}
	fmt.Fprintln(stderr, "careshare:", said)
	var h interface{ Hint() string }
	if errors.As(err, &h) {
		fmt.Fprintln(stderr, "  hint:", h.Hint())
	}
	return code
}

// Code is the exit code of an error.
func Code(ctx context.Context, err error) int {
	var wrong usageError
	switch {
	case ctx.Err() != nil:
		return Interrupted
	case errors.Is(err, ErrQuarantined):
		return Quarantined
	case errors.Is(err, ErrChecks), errors.Is(err, ErrCases):
		return ChecksFailed
	case errors.Is(err, ErrStale):
		return Stale
	case errors.Is(err, lake.ErrLocked):
		return Locked
	case errors.As(err, &wrong):
		return WrongUsage
	}
	return Failed
}

package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"

	"careshare/load/lake"
	"careshare/sql"
)

// The exit codes are a contract with schedulers; help and README print them.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitQuarantined = 3
	exitChecks      = 4
	exitStale       = 5
	exitLocked      = 11
	exitInterrupted = 130
)

const exitCodes = `Exit codes:
  0    done
  1    failed, nothing published (or, as the message then says, published and not delivered)
  2    wrong usage or configuration
  3    published, with rows quarantined
  4    checks failed, nothing published; or unit cases failed (test)
  5    stale (status --max-age)
  11   locked by another run
  130  interrupted`

// What a verb may end with beside an error: the exit code switches on these.
var (
	errQuarantined = errors.New("published, with rows quarantined")
	errChecks      = errors.New("checks failed, nothing published")
	errStale       = errors.New("stale")
	errCases       = errors.New("unit cases failed")
)

// usageError is a command line or a configuration that cannot be carried out.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// usage marks an error as a wrong command line or configuration.
func usage(err error) error { return usageError{err} }

// withHint is an error in one line, with its next step and without what the engine quotes of the rows.
func withHint(err error) string {
	var h interface{ Hint() string }
	if errors.As(err, &h) {
		return sql.WithoutValues(err).Error() + "; " + h.Hint()
	}
	return sql.WithoutValues(err).Error()
}

// exitCode says on stderr why a command failed, and returns its exit code.
func exitCode(ctx context.Context, stderr io.Writer, err error) int {
	if err == nil {
		return exitDone
	}
	code := codeOf(ctx, err)
	if code == exitQuarantined {
		return code // the summary has said it
	}
	said := sql.WithoutValues(err).Error()
	if code == exitInterrupted { // else what it was at would read like the fault
		said = "interrupted: " + said
	}
	fmt.Fprintln(stderr, "careshare:", said)
	var h interface{ Hint() string }
	if errors.As(err, &h) {
		fmt.Fprintln(stderr, "  hint:", h.Hint())
	}
	return code
}

func codeOf(ctx context.Context, err error) int {
	var wrong usageError
	switch {
	case ctx.Err() != nil:
		return exitInterrupted
	case errors.Is(err, errQuarantined):
		return exitQuarantined
	case errors.Is(err, errChecks), errors.Is(err, errCases):
		return exitChecks
	case errors.Is(err, errStale):
		return exitStale
	case errors.Is(err, lake.ErrLocked):
		return exitLocked
	case errors.As(err, &wrong):
		return exitUsage
	}
	return exitFailed
}

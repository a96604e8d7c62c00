// Package fault has errors that name the next step.
package fault

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
)

// Fault is an error with the next step for whoever runs the program.
type Fault struct {
	err  error
	hint string
}

func (f *Fault) Error() string { return f.err.Error() }

// Unwrap gives the error itself.
func (f *Fault) Unwrap() error { return f.err }

// Hint says what to do next, in one sentence.
func (f *Fault) Hint() string { return f.hint }

// Hinted is an error with its hint.
func Hinted(hint string, format string, args ...any) error {
	return &Fault{err: fmt.Errorf(format, args...), hint: hint}
}

// Explain adds the next step to the faults that a machine has: no space, no permission, a read-only disk.
// DuckDB hands on the system's words without its number, so the words are read too.
func Explain(operation string, err error) error {
	if err == nil {
		return nil
	}
	err = fmt.Errorf("%s: %w", operation, err)
	if known := (*Fault)(nil); errors.As(err, &known) {
		return err // it has its next step
	}
	says := func(number syscall.Errno) bool {
		return errors.Is(err, number) || strings.Contains(strings.ToLower(err.Error()), number.Error())
	}
	switch {
	case says(syscall.ENOSPC), says(syscall.EDQUOT):
		return &Fault{err, "free space on the lake's disk, or prune older snapshots, and run again; the last snapshot is untouched"}
	case errors.Is(err, fs.ErrPermission), says(syscall.EACCES), says(syscall.EPERM):
		return &Fault{err, "run as the lake's owner, or give this user the lake; the last snapshot is untouched"}
	case says(syscall.EROFS):
		return &Fault{err, "the lake's disk is read-only: mount it for writing; the last snapshot is untouched"}
	}
	return err
}

// WithHint adds the next step to an error.
func WithHint(err error, hint string) error { return &Fault{err: err, hint: hint} }

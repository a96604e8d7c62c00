package casestore

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// storeError is a database's refusal without its words: a message such as `invalid input syntax for type date: "..."`,
// a detail or a context may hold a person's values.
type storeError struct {
	code string // SQLSTATE
}

// Error adds a hint to the refusals that an operator can mend.
func (e *storeError) Error() string {
	hint := map[string]string{
		"42501": ": no permission to read it",
		"55P03": ": another session holds a lock on it",
		"57014": ": it took longer than the statement timeout",
		"53300": ": the server has no connection left",
	}[e.code]
	return "PostgreSQL refused with SQLSTATE " + e.code + hint
}

// withoutValues keeps of a server's error its code only.
func withoutValues(ctx context.Context, err error) error {
	var refused *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &refused):
		return &storeError{code: refused.Code}
	}
	return err
}

// isLost tells whether the connection went, or the server with it, so that a new pull may succeed. 40001 is a standby
// that had to break off for its recovery.
func isLost(err error) bool {
	var refused *storeError
	if errors.As(err, &refused) {
		return lostCode(refused.code)
	}
	var onConnect *pgconn.ConnectError
	var fromServer *pgconn.PgError
	if errors.As(err, &onConnect) && errors.As(err, &fromServer) {
		return lostCode(fromServer.Code)
	}
	var network *net.OpError // not net.Error, which a full disk is too
	return onConnect != nil || errors.As(err, &network) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed)
}

func lostCode(code string) bool {
	return strings.HasPrefix(code, "08") || strings.HasPrefix(code, "57P") || code == "53300" || code == "40001"
}

package casestore

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	mssql "github.com/microsoft/go-mssqldb"
)

// storeError is a database's refusal without its words: a message such as `invalid input syntax for type date: "..."`,
// a detail or a context may hold a person's values.
type storeError struct {
	code string // SQLSTATE
}

// serverError is SQL Server's refusal without its words, which quote values.
type serverError struct {
	number int32
	state  uint8
}

func (e *serverError) Error() string {
	hint := map[int32]string{
		208:   ": no such table",
		229:   ": no permission to read it",
		230:   ": no permission to read a column of it",
		3952:  ": the database allows no snapshot isolation",
		3961:  ": a table was altered while it was read",
		4060:  ": no such database, or no permission to open it",
		18456: ": wrong user or password",
	}[e.number]
	return fmt.Sprintf("SQL Server refused with error %d, state %d%s", e.number, e.state, hint)
}

// withoutServerValues keeps of SQL Server's error its number only.
func withoutServerValues(ctx context.Context, err error) error {
	var refused mssql.Error
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		return errors.New("it took longer than the statement timeout")
	case errors.As(err, &refused):
		return &serverError{number: refused.Number, state: refused.State}
	}
	return err
}

// lostNumbers are errors after which a new pull may succeed: a deadlock's victim, a server that is shutting down, one that fails over.
var lostNumbers = []int32{1205, 6005, 10928, 10929, 40197, 40501, 40613, 49918}

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
	var byServer *serverError
	if errors.As(err, &byServer) {
		return slices.Contains(lostNumbers, byServer.number)
	}
	var onConnect *pgconn.ConnectError
	var fromServer *pgconn.PgError
	if errors.As(err, &onConnect) && errors.As(err, &fromServer) {
		return lostCode(fromServer.Code)
	}
	var network *net.OpError // not net.Error, which a full disk is too
	return onConnect != nil || errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed)
}

func lostCode(code string) bool {
	return strings.HasPrefix(code, "08") || strings.HasPrefix(code, "57P") || code == "53300" || code == "40001"
}

package casestore

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

func TestIsLost(t *testing.T) {
	refused := func(code string) error {
		return fmt.Errorf("read t: %w", withoutValues(context.Background(), &pgconn.PgError{Code: code, Message: canary, Detail: canary}))
	}
	for name, c := range map[string]struct {
		err  error
		lost bool
	}{
		"shut down by an administrator": {refused("57P01"), true},
		"connection failure":            {refused("08006"), true},
		"a standby's recovery conflict": {refused("40001"), true},
		"too many connections":          {refused("53300"), true},
		"a value":                       {refused("22P02"), false},
		"no permission":                 {refused("42501"), false},
		"the statement timeout":         {refused("57014"), false},
		"the network":                   {&net.OpError{Op: "read", Err: syscall.ECONNRESET}, true},
		"the stream ends":               {fmt.Errorf("read t: %w", io.ErrUnexpectedEOF), true},
		"the disk is full":              {&fs.PathError{Op: "write", Err: syscall.ENOSPC}, false},
		"a file is not there":           {&fs.PathError{Op: "open", Err: syscall.ENOENT}, false},
		"a stream that is no COPY":      {errBinary, false},
		"somebody asked to stop":        {context.Canceled, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := isLost(c.err); got != c.lost {
				t.Errorf("isLost(%v) = %v", c.err, got)
			}
			if strings.Contains(c.err.Error(), canary) {
				t.Errorf("%v holds a value", c.err)
			}
		})
	}
}

package sql

import (
	"context"
	"errors"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
)

// WithoutValues keeps the engine's words only where they speak of the query or of the machine; of an error met in the rows, such as
// a conversion, it keeps the class, because the rest may quote a person. What was said around it stays.
func WithoutValues(err error) error {
	var engine *duckdb.Error
	if !errors.As(err, &engine) {
		return err
	}
	for _, stopped := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, stopped) {
			return stopped
		}
	}
	switch engine.Type {
	case duckdb.ErrorTypeParser, duckdb.ErrorTypeCatalog, duckdb.ErrorTypeBinder, duckdb.ErrorTypeSyntax,
		duckdb.ErrorTypeIO, duckdb.ErrorTypeOutOfMemory, duckdb.ErrorTypePermission:
		return err
	}
	class, _, _ := strings.Cut(engine.Msg, ":")
	return redactedError{strings.ReplaceAll(err.Error(), engine.Error(), class), err}
}

// redactedError prints without row values; errors.Is and errors.As still see the whole error.
type redactedError struct {
	said string
	error
}

func (e redactedError) Error() string { return e.said }
func (e redactedError) Unwrap() error { return e.error }

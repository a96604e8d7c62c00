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
	return impersonal{strings.ReplaceAll(err.Error(), engine.Error(), class), err}
}

// impersonal says less than the error that it stands for, and is it in all else.
type impersonal struct {
	said string
	error
}

func (e impersonal) Error() string { return e.said }
func (e impersonal) Unwrap() error { return e.error }

// Package returns writes statutory returns as files that their collections take. It knows layout and computes nothing.
package returns

import (
	"bufio"
	"io"
	"iter"
	"strings"
)

// CSV says how a collection wants its flat files.
type CSV struct {
	Header  []string
	LineEnd string
	IsBOM   bool // begins with the byte order mark of UTF-8
}

// Write writes the header and every row. A field is quoted only where it holds a comma, a quote or a line end.
func (c CSV) Write(w io.Writer, rows iter.Seq2[[]string, error]) error {
	out := bufio.NewWriter(w)
	if c.IsBOM {
		out.WriteString("\ufeff")
	}
	c.line(out, c.Header)
	for row, err := range rows {
		if err != nil {
			return err
		}
		c.line(out, row)
	}
	return out.Flush()
}

// line writes one row; what goes wrong, Flush says.
func (c CSV) line(out *bufio.Writer, fields []string) {
	for i, field := range fields {
		if i > 0 {
			out.WriteByte(',')
		}
		if strings.ContainsAny(field, ",\"\r\n") {
			field = `"` + strings.ReplaceAll(field, `"`, `""`) + `"`
		}
		out.WriteString(field)
	}
	out.WriteString(c.LineEnd)
}

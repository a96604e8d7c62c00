package inbox

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode/utf8"
)

// Line is one line of a file, without its end (LF or CR LF).
type Line struct {
	Number int64 // from 1
	Text   string
	Rule   string // why the line cannot be taken; empty if it can. Text is then what came, cut at 64 KiB.
}

// Lines yields a text's lines. One that is longer than limit bytes, is no UTF-8 or holds a NUL comes with its rule,
// and the next goes on. An error is the machine's, and the last thing yielded.
func Lines(r io.Reader, limit int) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		lines := bufio.NewReaderSize(r, 64<<10)
		for number := int64(1); ; number++ {
			text, long, err := readLine(lines, limit)
			if err != nil && !errors.Is(err, io.EOF) {
				yield(Line{Number: number}, fmt.Errorf("read line %d: %w", number, err))
				return
			}
			if err != nil && text == "" {
				return
			}
			if !yield(Line{Number: number, Text: text, Rule: ruleOf(text, long, limit)}, nil) || err != nil {
				return
			}
		}
	}
}

// readLine reads to the next line end and keeps at most limit bytes (64 KiB of a longer line), however long it is.
func readLine(r *bufio.Reader, limit int) (text string, long bool, err error) {
	var line []byte
	for {
		piece, err := r.ReadSlice('\n')
		if room := max(limit, rawLimit) + 2 - len(line); room > 0 { // 2: a line end is no part of the line
			line = append(line, piece[:min(len(piece), room)]...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		text = strings.TrimSuffix(strings.TrimSuffix(string(line), "\n"), "\r")
		return text, len(text) > limit, err
	}
}

func ruleOf(text string, long bool, limit int) string {
	switch {
	case long:
		return fmt.Sprintf("line over %d bytes", limit)
	case !utf8.ValidString(text):
		return "not UTF-8"
	case strings.ContainsRune(text, 0):
		return "NUL character"
	}
	return ""
}

// IsTenDigits tells whether a text has the form of an NHS number: ten digits, whatever their check digit says.
func IsTenDigits(text string) bool {
	return len(text) == 10 && strings.Trim(text, "0123456789") == ""
}

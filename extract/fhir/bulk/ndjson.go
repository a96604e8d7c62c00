package bulk

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"careshare/extract"
)

// longestLine is the most that one resource may take, in bytes.
const longestLine = 64 << 20

// lines reads an NDJSON file, packed or not, to its end, and hands on each line that is not blank. A gzip file's
// checksum and length are verified on the way.
func lines(path string, limit int64, each func([]byte)) (isPacked bool, err error) {
	file, err := os.Open(path)
	if err != nil {
		return false, fmt.Errorf("open: %w", err)
	}
	defer file.Close()
	buffered := bufio.NewReaderSize(file, 256<<10)
	var text io.Reader = buffered
	if magic, _ := buffered.Peek(2); bytes.Equal(magic, []byte("\x1f\x8b")) { // RFC 1952; no JSON begins so
		isPacked = true
		if text, err = extract.Unpack(buffered); err != nil {
			return true, fmt.Errorf("unpack: %w", err)
		}
	}
	bounded := &io.LimitedReader{R: text, N: limit + 1}
	scanner := bufio.NewScanner(bounded)
	scanner.Buffer(make([]byte, 0, 64<<10), longestLine)
	for scanner.Scan() {
		if line := bytes.TrimSpace(scanner.Bytes()); len(line) > 0 {
			each(line)
		}
	}
	switch err := scanner.Err(); {
	case errors.Is(err, extract.ErrBomb):
		return isPacked, permanent{err}
	case errors.Is(err, bufio.ErrTooLong):
		return isPacked, permanent{fmt.Errorf("a line over %d bytes", longestLine)}
	case err != nil:
		return isPacked, fmt.Errorf("unpack: %w", err)
	case bounded.N == 0:
		return isPacked, permanent{fmt.Errorf("a file of over %d bytes unpacked", limit)}
	}
	return isPacked, nil
}

package lake

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"careshare/load/fault"
)

// keyBytes is the length of the lake's key.
const keyBytes = 32

func (l *Lake) keyFile() string { return filepath.Join(l.path, "fingerprint.key") }

// Key is the lake's own secret: what a run remembers of records it remembers as fingerprints under it. It is null where the lake has
// none yet. It needs no lock.
func (l *Lake) Key() ([]byte, error) {
	text, err := os.ReadFile(l.keyFile())
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fault.Explain("read the lake's key", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != keyBytes {
		return nil, fault.Hinted("restore it from its copy, or remove it: the next run then makes another, and links everybody again", "read the lake's key: %w", fault.ErrDamaged)
	}
	return key, nil
}

// MakeKey makes the key where there is none.
func (l *Lake) MakeKey(random io.Reader) error {
	if err := l.mustBeLocked("make the lake's key"); err != nil {
		return err
	}
	if key, err := l.Key(); err != nil || key != nil {
		return err
	}
	key := make([]byte, keyBytes)
	if _, err := io.ReadFull(random, key); err != nil {
		return fmt.Errorf("make the lake's key: %w", err)
	}
	return fault.Explain("make the lake's key", l.putKey(hex.EncodeToString(key)))
}

// putKey writes it whole or not at all.
func (l *Lake) putKey(text string) error {
	part := l.keyFile() + ".next"
	file, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text + "\n")
	return errors.Join(err, file.Sync(), file.Close(), os.Rename(part, l.keyFile()))
}

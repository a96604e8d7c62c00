package lake

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"careshare/load/fault"
)

func TestTheKeyIsMadeOnceAndStays(t *testing.T) {
	lake, err := Open(t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if key, err := lake.Key(); key != nil || err != nil {
		t.Fatalf("a key before any was made: %v", err)
	}
	if err := lake.MakeKey(strings.NewReader(strings.Repeat("a", 32))); err == nil {
		t.Error("a key was made without the lock")
	}
	if err := lake.Lock(); err != nil {
		t.Fatal(err)
	}
	defer lake.Unlock()
	if err := lake.MakeKey(strings.NewReader("too short")); err == nil {
		t.Error("a short key was made")
	}
	for _, random := range []string{"a", "b"} {
		if err := lake.MakeKey(strings.NewReader(strings.Repeat(random, 32))); err != nil {
			t.Fatal(err)
		}
	}
	key, err := lake.Key()
	if err != nil || !bytes.Equal(key, bytes.Repeat([]byte("a"), 32)) {
		t.Errorf("the key is %q, %v", key, err)
	}
	path := filepath.Join(lake.Path(), "fingerprint.key")
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := os.WriteFile(path, []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := lake.Key(); !errors.Is(err, fault.ErrDamaged) {
		t.Errorf("a damaged key: %v", err)
	}
}

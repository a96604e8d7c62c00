package lake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const secretHex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

func TestAKeyIsReadAndNeverSaid(t *testing.T) {
	key, err := ParsePseudonymKey("2026-1 " + secretHex + "\n")
	if err != nil || key.Version != "2026-1" {
		t.Fatal(key.Version, err)
	}
	encoded, err := json.Marshal(key)
	if err != nil {
		t.Fatal(err)
	}
	said := fmt.Sprintf("%v %+v %#v %s %s %v", key, key, key, key, encoded, key.Mark())
	if strings.Contains(said, "0102") || strings.Contains(said, "1 2 3") || strings.Contains(said, "0x1, 0x2") {
		t.Errorf("the secret is said: %s", said)
	}
}

func TestWhatIsNoKeyIsRefused(t *testing.T) {
	for _, line := range []string{"", "2026-1", secretHex, "2026-1 " + secretHex[:62], "2026-1  " + secretHex, "2026 1 " + secretHex, "2026-1 " + secretHex + " x"} {
		if _, err := ParsePseudonymKey(line); err == nil {
			t.Errorf("%q is taken for a key", line)
		} else if strings.Contains(err.Error(), "0102") {
			t.Errorf("the error says the secret: %v", err)
		}
	}
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, []byte("2026-1 "+secretHex), 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadPseudonymKey(path); err == nil || !strings.Contains(err.Error(), "others may read it") {
		t.Errorf("a key that others may read: %v", err)
	}
}

func TestANewKeyIsAKey(t *testing.T) {
	line, err := NewPseudonymKey("demo-1", bytes.NewReader(bytes.Repeat([]byte{7}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	if key, err := ParsePseudonymKey(line); err != nil || key.Version != "demo-1" {
		t.Error(key, err)
	}
	if _, err := NewPseudonymKey("demo-1", bytes.NewReader(nil)); err == nil {
		t.Error("a key without randomness")
	}
}

func TestKeyAndVersionChangeTogether(t *testing.T) {
	one, two := KeyMark{"1", "aa"}, KeyMark{"2", "bb"}
	if one.follows(one, "bi") != nil || two.follows(one, "bi") != nil {
		t.Error("the same key, or a rotated one, is refused")
	}
	for _, wrong := range []KeyMark{{"1", "bb"}, {"2", "aa"}} {
		if err := wrong.follows(one, "bi"); !errors.Is(err, ErrKeyChanged) {
			t.Errorf("%v after %v: %v", wrong, one, err)
		}
	}
}

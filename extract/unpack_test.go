package extract

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// packed is a text, repeated, as gzip; its length is what the file says of itself at its end, where said is not 0.
func packed(t *testing.T, text string, times int) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	block := bytes.Repeat([]byte(text), 1<<20/len(text))
	for range times {
		if _, err := w.Write(block); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestABombStopsAtItsCap(t *testing.T) {
	bomb, sound := packed(t, "{}\n", 512), packed(t, "{}\n", 8)
	lying := append(bytes.Clone(bomb[:len(bomb)-4]), 9, 0, 0, 0)
	noise := make([]byte, 1<<20)
	_, _ = rand.NewChaCha8([32]byte{}).Read(noise)
	behind := append(bytes.Repeat(packed(t, string(noise), 1), 5), lying...)
	for name, c := range map[string]struct {
		file           []byte
		isBomb, isSeen bool // seen by its beginning and its end alone
	}{
		"a bomb": {bomb, true, true}, "one that lies about its length": {lying, true, true}, "one behind a head like others": {behind, true, false},
		"a file like others": {sound, false, false}, "no gzip": {[]byte("{}"), false, false},
	} {
		began := time.Now()
		path := filepath.Join(t.TempDir(), "x.gz")
		if err := os.WriteFile(path, c.file, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := CheckPacked(path); errors.Is(err, ErrBomb) != c.isSeen {
			t.Errorf("%s: CheckPacked says %v", name, err)
		}
		if name == "no gzip" {
			continue
		}
		out, err := Unpack(bytes.NewReader(c.file))
		if err != nil {
			t.Fatal(err)
		}
		came, err := io.Copy(io.Discard, out)
		if errors.Is(err, ErrBomb) != c.isBomb || c.isBomb && came > 3*freelyUnpacked {
			t.Errorf("%s: unpacked %d bytes, %v", name, came, err)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
	}
}

package lake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"careshare/load/fault"
)

// ErrKeyChanged says that a key and its version do not go together as they did when they were last used.
var ErrKeyChanged = errors.New("the pseudonym key and its version disagree with the last snapshot")

// PseudonymKey makes the pseudonyms of one audience. Its secret is neither printed nor encoded.
type PseudonymKey struct {
	Version string // chosen by whoever made the key
	secret  []byte
}

// keyLine is the one line of a key's file or variable: its version and 32 random bytes in hex.
var keyLine = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9._-]{0,31}) ([0-9a-fA-F]{64})$`)

const keyHint = `a key is one line: a version and 64 random hex digits, as (printf '2026-1 '; openssl rand -hex 32) > bi.key writes it`

// ParsePseudonymKey reads the line. An error never quotes it.
func ParsePseudonymKey(line string) (PseudonymKey, error) {
	parts := keyLine.FindStringSubmatch(strings.TrimSpace(line))
	if parts == nil {
		return PseudonymKey{}, fault.Hinted(keyHint, "read pseudonym key: not a version and 64 hex digits")
	}
	secret, err := hex.DecodeString(parts[2])
	if err != nil {
		return PseudonymKey{}, errors.New("read pseudonym key: not hex")
	}
	return PseudonymKey{Version: parts[1], secret: secret}, nil
}

// ReadPseudonymKey reads a key's file, which nobody but its owner may read.
func ReadPseudonymKey(path string) (PseudonymKey, error) {
	info, err := os.Stat(path)
	if err != nil {
		return PseudonymKey{}, fault.Explain("read pseudonym key", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return PseudonymKey{}, fault.Hinted("chmod 600 it", "read pseudonym key: others may read it (mode %04o)", info.Mode().Perm())
	}
	line, err := os.ReadFile(path)
	if err != nil {
		return PseudonymKey{}, fault.Explain("read pseudonym key", err)
	}
	return ParsePseudonymKey(string(line))
}

// NewPseudonymKey is a key's line, from that randomness.
func NewPseudonymKey(version string, random io.Reader) (line string, err error) {
	secret := make([]byte, sha256.Size)
	if _, err := io.ReadFull(random, secret); err != nil {
		return "", fmt.Errorf("make pseudonym key: %w", err)
	}
	return version + " " + hex.EncodeToString(secret) + "\n", nil
}

// Pads are the key as HMAC puts it before its inner and its outer hash (RFC 2104, 2).
func (k PseudonymKey) Pads() (inner, outer []byte) {
	inner, outer = make([]byte, sha256.BlockSize), make([]byte, sha256.BlockSize)
	copy(inner, k.secret)
	copy(outer, k.secret)
	for i := range inner {
		inner[i] ^= 0x36
		outer[i] ^= 0x5c
	}
	return inner, outer
}

// Check tells keys apart without telling anything of them.
func (k PseudonymKey) Check() string {
	mac := hmac.New(sha256.New, k.secret)
	mac.Write([]byte("which key is this"))
	return hex.EncodeToString(mac.Sum(nil))[:16]
}

// String keeps the secret out of whatever prints a key.
func (k PseudonymKey) String() string { return "pseudonym key " + k.Version }

// GoString is String, for %#v.
func (k PseudonymKey) GoString() string { return k.String() }

// KeyMark is what a manifest says of the key that an audience's pseudonyms were made with.
type KeyMark struct {
	Version string `json:"version"`
	Check   string `json:"check"` // tells keys apart; nothing of the key can be had from it
}

// Mark is the key as a manifest names it.
func (k PseudonymKey) Mark() KeyMark { return KeyMark{k.Version, k.Check()} }

// follows refuses a new key under an old version, and an old key under a new one: either would have readers join what
// cannot be joined, or take for rotated what is not.
func (m KeyMark) follows(was KeyMark, audience string) error {
	if (m.Version == was.Version) == (m.Check == was.Check) {
		return nil
	}
	return fault.Hinted("a new key needs a new version, and a new version a new key", "pseudonyms of %s under version %s: %w", audience, m.Version, ErrKeyChanged)
}

package audit

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Extends proves that the log grew from an earlier root, with nothing before it removed or changed (RFC 6962, section 2.1.2).
func (g *Log) Extends(earlier Root) error {
	proof, err := g.ProveExtension(earlier.Size)
	if err != nil {
		return err
	}
	if proof.Earlier != earlier {
		return fmt.Errorf("prove extension: the first %d entries are not those of the earlier root", earlier.Size)
	}
	return CheckExtension(proof)
}

// ErrUnknownRoot says that the log never had a root.
var ErrUnknownRoot = errors.New("the log never had that root: it is another log, an older copy, or entries were removed or changed")

// ParseRoot reads a root as somebody noted it: "SIZE HASH", or the hash alone, whose size the log then finds.
func (g *Log) ParseRoot(noted string) (Root, error) {
	words := strings.FieldsFunc(noted, func(r rune) bool { return r == ' ' || r == ':' || r == ',' || r == '\n' })
	if len(words) == 0 || len(words) > 2 {
		return Root{}, errors.New("a root is its hash, or SIZE HASH")
	}
	hash, err := tlog.ParseHash(words[len(words)-1])
	if err != nil {
		return Root{}, errors.New("a root's hash is 44 characters, as careshare status prints it")
	}
	if len(words) == 2 {
		size, err := strconv.ParseInt(words[0], 10, 64)
		if err != nil || size < 1 {
			return Root{}, errors.New("a root's size is a whole number above 0")
		}
		return Root{Size: size, Hash: hash}, nil
	}
	for size := int64(1); size <= int64(len(g.lines)); size++ {
		if root, err := g.RootAt(size); err == nil && root.Hash == hash {
			return root, nil
		}
	}
	return Root{}, ErrUnknownRoot
}

// NewWitnessKey makes the Ed25519 key that signs roots, and the public key that checks them, in the form of package note.
func NewWitnessKey(random io.Reader, name string) (private, public string, err error) {
	return note.GenerateKey(random, name)
}

// PublicKey is the key that checks what a private key signs.
func PublicKey(private string) (string, error) {
	signer, err := note.NewSigner(strings.TrimSpace(private))
	if err != nil {
		return "", errNoKey
	}
	parts := strings.Split(strings.TrimSpace(private), "+") // PRIVATE, KEY, name, hash, key data, which may hold a +
	data, err := base64.StdEncoding.DecodeString(strings.Join(parts[4:], "+"))
	if err != nil || len(data) != 1+ed25519.SeedSize {
		return "", errNoKey
	}
	public := ed25519.NewKeyFromSeed(data[1:]).Public().(ed25519.PublicKey)
	return note.NewEd25519VerifierKey(signer.Name(), public)
}

var errNoKey = errors.New("not a private key that careshare witness --new-key wrote")

// Sign writes a root as a checkpoint (C2SP tlog-checkpoint): origin, size and hash, signed with Ed25519.
func (r Root) Sign(private string) ([]byte, error) {
	signer, err := note.NewSigner(strings.TrimSpace(private))
	if err != nil {
		return nil, errNoKey
	}
	return note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%s\n", signer.Name(), r.Size, r.Hash)}, signer)
}

// OpenSigned reads a signed root and checks its signature.
func OpenSigned(signed []byte, public string) (Root, error) {
	verifier, err := note.NewVerifier(strings.TrimSpace(public))
	if err != nil {
		return Root{}, errors.New("read signed root: not a public key that careshare witness printed")
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return Root{}, errors.New("read signed root: not signed with the key given")
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 3 || lines[0] != verifier.Name() {
		return Root{}, errors.New("read signed root: not a root")
	}
	return (&Log{}).ParseRoot(lines[1] + " " + lines[2])
}

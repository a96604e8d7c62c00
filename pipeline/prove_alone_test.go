package pipeline

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"careshare/pipeline/exit"
)

// proofInWords is a dataset's proof as reports/README.md describes it, for a reader without this program.
type proofInWords struct {
	SHA256, Path, Outputs string
	Proof                 struct {
		Entry string
		Place int64
		Root  struct {
			Size int64
			Root []byte
		}
		Path [][]byte
	}
}

// TestAProofIsCheckedWithoutThisProgram follows the four steps of reports/README.md with SHA-256 alone.
func TestAProofIsCheckedWithoutThisProgram(t *testing.T) {
	t.Parallel()
	w, file := demo(t), filepath.Join(t.TempDir(), "proof.json")
	if code := w.run("prove", "disclosures", "--config", w.config(), "--to", file); code != exit.Done {
		t.Fatalf("prove ended with %d: %s", code, w.stderr)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var p proofInWords
	if err := json.Unmarshal(content, &p); err != nil {
		t.Fatal(err)
	}
	published, err := os.ReadFile(filepath.Join(w.current(), p.Path))
	if err != nil {
		t.Fatal(err)
	}
	if hexOf(published) != p.SHA256 || !strings.Contains(p.Outputs, p.SHA256+"  "+p.Path+"\n") {
		t.Error("the file is not the one that the proof lists")
	}
	var entry struct {
		Content string `json:"content_sha256"`
	}
	if err := json.Unmarshal([]byte(p.Proof.Entry), &entry); err != nil || entry.Content != hexOf([]byte(p.Outputs)) {
		t.Errorf("the entry does not speak of these outputs: %v", err)
	}
	if !bytes.Equal(p.climb(p.Proof.Entry), p.Proof.Root.Root) {
		t.Error("the entry does not lead to the root")
	}
	if bytes.Equal(p.climb(p.Proof.Entry+"\n"), p.Proof.Root.Root) {
		t.Error("another entry leads to the root, too")
	}
}

// climb gives the root to which an entry leads (RFC 9162, 2.1.3.2).
func (p proofInWords) climb(entry string) []byte {
	hash := nodeOf(0, []byte(entry))
	at, last := p.Proof.Place, p.Proof.Root.Size-1
	for _, beside := range p.Proof.Path {
		if at%2 == 1 || at == last {
			hash = nodeOf(1, beside, hash)
			for ; at%2 == 0 && at != 0; at, last = at/2, last/2 {
			}
		} else {
			hash = nodeOf(1, hash, beside)
		}
		at, last = at/2, last/2
	}
	return hash
}

func nodeOf(first byte, parts ...[]byte) []byte {
	hash := sha256.Sum256(append([]byte{first}, bytes.Join(parts, nil)...))
	return hash[:]
}

func hexOf(content []byte) string {
	hash := sha256.Sum256(content)
	return hex.EncodeToString(hash[:])
}

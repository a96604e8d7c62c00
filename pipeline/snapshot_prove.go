package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/pipeline/console"
)

// proved says which proof was written, and of what.
type proved struct {
	Dataset  string `json:"dataset"`
	Snapshot string `json:"snapshot"`
	File     string `json:"file"` // the proof
	Root     string `json:"root"` // of the audit log: note it elsewhere
}

func (r proved) Text(w io.Writer) {
	fmt.Fprintf(w, "wrote %s: %s was published in snapshot %s; audit log root %s\n", r.File, r.Dataset, r.Snapshot, r.Root)
}

// proofOptions say what verify --proof holds a proof to.
type proofOptions struct{ proof, root, public, file string }

// checkedProof is what a proof shows.
type checkedProof struct {
	Dataset string `json:"dataset"`
	Path    string `json:"path"` // of the file within its snapshot
	SHA256  string `json:"sha256"`
	Entry   int64  `json:"entry"` // of the audit log
	Root    string `json:"root"`
}

func (r checkedProof) Text(w io.Writer) {
	fmt.Fprintf(w, "good: %s, SHA-256 %s, was published as %s: entry %d of the audit log with root %s\n", r.Dataset, r.SHA256, r.Path, r.Entry, r.Root)
}

func proveFile(p *console.Console, c Config, dataset string, o reportOptions) (proved, error) {
	lake, from, _, err := openChosen(p, c, o)
	if err != nil {
		return proved{}, err
	}
	evidence, err := lake.Evidence(from, dataset)
	if err != nil {
		return proved{}, err
	}
	content, err := json.MarshalIndent(evidence, "", "  ")
	if err != nil {
		return proved{}, err
	}
	return proved{dataset, from.ID, o.to, evidence.Proof.Root.Hash.String()}, writeNew(o.to, bytes.NewReader(append(content, '\n')))
}

// verifyProof needs the proof alone; a root and a file from elsewhere make it say more.
func verifyProof(ctx context.Context, o proofOptions) (console.Result, error) {
	if o.root != "" {
		noted, err := notedRoot(o.root, o.public, Witness{})
		if err != nil {
			return nil, err
		}
		o.root = hashOfRoot(noted)
	}
	content, err := os.ReadFile(o.proof)
	if err != nil {
		return nil, fault.Explain("read proof", err)
	}
	var rows lake.ExtractEvidence
	if err := json.Unmarshal(content, &rows); err == nil && rows.Tables != nil {
		return verifyRows(rows, o)
	}
	var evidence lake.Evidence
	if err := json.Unmarshal(content, &evidence); err != nil {
		return nil, usage(fmt.Errorf("read proof: it is no proof of this program"))
	}
	if err := lake.CheckEvidence(ctx, evidence, o.root, o.file); err != nil {
		return nil, err
	}
	return checkedProof{evidence.Dataset, evidence.Path, evidence.SHA256, evidence.Proof.Place, evidence.Proof.Root.Hash.String()}, nil
}

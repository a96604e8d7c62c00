package snapshot

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"careshare/load/disk"
	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/pipeline/exit"
)

// Proved says which proof was written, and of what.
type Proved struct {
	Dataset  string `json:"dataset"`
	Snapshot string `json:"snapshot"`
	File     string `json:"file"` // the proof
	Root     string `json:"root"` // of the audit log: note it elsewhere
}

func (r Proved) Text(w io.Writer) {
	fmt.Fprintf(w, "wrote %s: %s was published in snapshot %s; audit log root %s\n", r.File, r.Dataset, r.Snapshot, r.Root)
}

// ProofOptions say what verify --proof holds a proof to.
type ProofOptions struct{ Proof, Root, Public, File string }

// CheckedProof is what a proof shows.
type CheckedProof struct {
	Dataset string `json:"dataset"`
	Path    string `json:"path"` // of the file within its snapshot
	SHA256  string `json:"sha256"`
	Entry   int64  `json:"entry"` // of the audit log
	Root    string `json:"root"`
}

func (r CheckedProof) Text(w io.Writer) {
	fmt.Fprintf(w, "good: %s, SHA-256 %s, was published as %s: entry %d of the audit log with root %s\n", r.Dataset, r.SHA256, r.Path, r.Entry, r.Root)
}

// ProveFile writes the proof that a dataset's file was published.
func ProveFile(p *console.Console, c config.Config, dataset string, o Choice) (Proved, error) {
	lake, from, _, err := OpenChosen(p, c, o)
	if err != nil {
		return Proved{}, err
	}
	evidence, err := lake.Evidence(from, dataset)
	if err != nil {
		return Proved{}, err
	}
	content, err := json.MarshalIndent(evidence, "", "  ")
	if err != nil {
		return Proved{}, err
	}
	return Proved{dataset, from.ID, o.To, evidence.Proof.Root.Hash.String()}, disk.WriteNew(o.To, bytes.NewReader(append(content, '\n')))
}

// VerifyProof needs the proof alone; a root and a file from elsewhere make it say more.
func VerifyProof(ctx context.Context, o ProofOptions) (console.Result, error) {
	if o.Root != "" {
		noted, err := notedRoot(o.Root, o.Public, config.Witness{})
		if err != nil {
			return nil, err
		}
		o.Root = hashOfRoot(noted)
	}
	content, err := os.ReadFile(o.Proof)
	if err != nil {
		return nil, fault.Explain("read proof", err)
	}
	var rows lake.ExtractEvidence
	if err := json.Unmarshal(content, &rows); err == nil && rows.Tables != nil {
		return verifyRows(rows, o)
	}
	var evidence lake.Evidence
	if err := json.Unmarshal(content, &evidence); err != nil {
		return nil, exit.Usage(fmt.Errorf("read proof: not a proof of careshare"))
	}
	if err := lake.CheckEvidence(ctx, evidence, o.Root, o.File); err != nil {
		return nil, err
	}
	return CheckedProof{evidence.Dataset, evidence.Path, evidence.SHA256, evidence.Proof.Place, evidence.Proof.Root.Hash.String()}, nil
}

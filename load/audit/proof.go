package audit

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Proof shows that one entry stands in the log of a root (RFC 6962, section 2.1.1).
type Proof struct {
	Root  Root             `json:"root"`
	Entry string           `json:"entry"` // the line as written
	Place int64            `json:"place"` // from 0
	Path  tlog.RecordProof `json:"path"`
}

// Extension shows that a later log holds all of an earlier one, unchanged (RFC 6962, section 2.1.2).
type Extension struct {
	Earlier Root           `json:"earlier"`
	Later   Root           `json:"later"`
	Path    tlog.TreeProof `json:"path"`
}

// Prove makes the proof that the entry of that number stands in the log as it is now.
func (g *Log) Prove(number int64) (Proof, error) { return g.ProveAt(int64(len(g.lines)), number) }

// ProveAt makes it for the log as it was at an earlier size: the same for ever.
func (g *Log) ProveAt(size, number int64) (Proof, error) {
	root, err := g.RootAt(size)
	if err != nil {
		return Proof{}, fmt.Errorf("prove entry %d: %w", number, err)
	}
	path, err := tlog.ProveRecord(root.Size, number, &g.hashes)
	if err != nil {
		return Proof{}, fmt.Errorf("prove entry %d: %w", number, err)
	}
	return Proof{Root: root, Entry: string(g.lines[number]), Place: number, Path: path}, nil
}

// CheckProof checks a proof without the log: against a root that the checker has from elsewhere, such as a report.
func CheckProof(p Proof, against Root) error {
	if p.Root != against {
		return errors.New("check proof: it does not match the root")
	}
	err := tlog.CheckRecord(p.Path, p.Root.Size, p.Root.Hash, p.Place, tlog.RecordHash([]byte(p.Entry)))
	if err != nil {
		return fmt.Errorf("check proof: %w", err)
	}
	return nil
}

// ProveExtension makes the proof that the log as it is now holds the log of an earlier size.
func (g *Log) ProveExtension(size int64) (Extension, error) {
	earlier, err := g.RootAt(size)
	if err != nil {
		return Extension{}, fmt.Errorf("prove extension: %w", err)
	}
	later := g.Root()
	path, err := tlog.ProveTree(later.Size, size, &g.hashes)
	if err != nil {
		return Extension{}, fmt.Errorf("prove extension: %w", err)
	}
	return Extension{Earlier: earlier, Later: later, Path: path}, nil
}

// CheckExtension checks, without the log, that the later root grew from the earlier one.
func CheckExtension(x Extension) error {
	if err := tlog.CheckTree(x.Path, x.Later.Size, x.Later.Hash, x.Earlier.Size, x.Earlier.Hash); err != nil {
		return fmt.Errorf("check extension: %w", err)
	}
	return nil
}

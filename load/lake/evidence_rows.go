package lake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"careshare/load/audit"
	"careshare/load/fault"
	"careshare/sql"

	"golang.org/x/mod/sumdb/tlog"
)

// RowsEvidence shows which rows a dataset had when it was published: the leaves of its rows' tree, whose root stands in an
// entry of the log, and the proof that this entry is in the log.
type RowsEvidence struct {
	Dataset string      `json:"dataset"`
	Columns []string    `json:"columns"`
	Types   []string    `json:"types,omitempty"` // the engine's, of each column: how a typed cell is read; older proofs have none
	Rows    []tlog.Hash `json:"rows"`            // RowHash of each, in the dataset's order
	Proof   audit.Proof `json:"proof"`
}

// ExtractEvidence is that of every dataset of a snapshot whose rows can be proved. It says no more of the rows than hashes
// of them do, but short rows can be guessed from those: it is as confidential as the extract.
type ExtractEvidence struct {
	Snapshot string         `json:"snapshot"`
	Tables   []RowsEvidence `json:"tables"`
}

// ExtractEvidence gathers it, for the log as it is now, or as it was when the snapshot had just been published: then the
// same for ever.
func (l *Lake) ExtractEvidence(ctx context.Context, db *sql.DB, s Snapshot, asPublished bool) (ExtractEvidence, error) {
	manifest, err := s.Manifest()
	if err != nil {
		return ExtractEvidence{}, err
	}
	log, err := l.Log()
	if err != nil {
		return ExtractEvidence{}, err
	}
	size := int64(len(log.Entries))
	if asPublished {
		size = 1 + audit.LastEntry(log.Entries, func(e audit.Entry) bool { return e.Event == audit.Published && e.Run == s.ID })
	}
	e := ExtractEvidence{Snapshot: s.ID}
	for _, d := range manifest.Datasets {
		if d.RowsRoot == "" {
			continue
		}
		table, err := l.rowsEvidence(ctx, db, log, size, s, d)
		if err != nil {
			return ExtractEvidence{}, fmt.Errorf("prove %s: %w", d.Dataset, err)
		}
		e.Tables = append(e.Tables, table)
	}
	if len(e.Tables) == 0 {
		return e, fault.Hinted("an older version of the program published it", "prove: the rows of snapshot %s cannot be proved one by one", s.ID)
	}
	return e, nil
}

func (l *Lake) rowsEvidence(ctx context.Context, db *sql.DB, log *audit.Log, size int64, s Snapshot, d Disclosure) (e RowsEvidence, err error) {
	path, _ := s.Dataset(Manifest{Datasets: []Disclosure{d}}, d.Dataset)
	relation := parquetRelation(path)
	e.Dataset = d.Dataset
	if e.Columns, e.Types, err = Columns(ctx, db, relation); err != nil {
		return e, err
	}
	for i, name := range e.Types { // any other is read as the text that it is
		if isUnknownType(name) {
			e.Types[i] = "VARCHAR"
		}
	}
	if e.Rows, err = rowHashes(ctx, db, d.Dataset, relation, e.Columns, sql.QuoteNames(d.Grain)); err != nil {
		return e, err
	}
	number := audit.LastEntry(log.Entries[:size], func(e audit.Entry) bool { return e.Event == audit.Disclosed && e.Run == s.ID && e.Dataset == d.Dataset })
	if number < 0 {
		return e, fmt.Errorf("the log has no entry of snapshot %s", s.ID)
	}
	e.Proof, err = log.ProveAt(size, number)
	if err != nil {
		return e, err
	}
	return e, e.check(s.ID)
}

// errOtherRoot is a proof from another log, or from another day of this one.
func errOtherRoot() error {
	return fault.Hinted("compare with the root of the day on which the proof was made; careshare prove makes a proof for the root that careshare status shows now",
		"check proof: it does not match the root that you gave")
}

// CheckExtract checks evidence with nothing else at hand, and says of which log it speaks. Given a root from elsewhere, it
// must be that one.
func CheckExtract(e ExtractEvidence, root string) (audit.Root, error) {
	if len(e.Tables) == 0 {
		return audit.Root{}, errors.New("check proof: it proves no rows")
	}
	of := e.Tables[0].Proof.Root
	if root != "" && of.Hash.String() != root {
		return audit.Root{}, errOtherRoot()
	}
	for _, table := range e.Tables {
		if err := audit.CheckProof(table.Proof, of); err != nil {
			return audit.Root{}, err
		}
		if err := table.check(e.Snapshot); err != nil {
			return audit.Root{}, fmt.Errorf("check proof: %s: %w", table.Dataset, err)
		}
	}
	return of, nil
}

// isUnknownType finds a damaged type. No hash covers the types: a wrong one can only keep a row from being found.
func isUnknownType(name string) bool {
	return !slices.Contains([]string{"BIGINT", "BOOLEAN", "DATE", "DOUBLE", "INTEGER", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "VARCHAR"}, name)
}

// check holds the leaves to the entry that the proof is of.
func (e RowsEvidence) check(snapshot string) error {
	var entry audit.Entry
	if err := json.Unmarshal([]byte(e.Proof.Entry), &entry); err != nil || entry.Event != audit.Disclosed || entry.Dataset != e.Dataset || entry.Run != snapshot {
		return errors.New("the entry is of another dataset or snapshot")
	}
	if len(e.Types) > 0 && (len(e.Types) != len(e.Columns) || slices.ContainsFunc(e.Types, isUnknownType)) {
		return errors.New("its columns have unknown types")
	}
	root, err := audit.RowsRoot(e.Rows)
	if err != nil {
		return err
	}
	if entry.RowsRoot != root.String() || entry.Rows == nil || *entry.Rows != int64(len(e.Rows)) {
		return errors.New("the rows are not those that were published")
	}
	return nil
}

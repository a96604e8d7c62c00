// Package review exports what a reviewer must decide about NHS numbers, and imports decisions.
package review

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"careshare/load/agreement"
	"careshare/load/disk"
	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/pipeline/snapshot"
	"careshare/reports"
	"careshare/reports/review"
	"careshare/sql"
	"careshare/transform/rules"
)

// Exported says which files a reviewer can work on.
type Exported struct {
	Files []string `json:"files"` // a workbook and a CSV of the same rows
	Rows  int      `json:"rows"`
	Run   string   `json:"run"` // of the snapshot that they are from
}

func (r Exported) Text(w io.Writer) {
	for _, file := range r.Files {
		fmt.Fprintln(w, "wrote", file)
	}
	fmt.Fprintf(w, "%s to decide on. The files name people: keep them where only reviewers can read them.\n", reports.Counted(r.Rows, "number"))
}

// Imported says what was imported.
type Imported struct {
	By       string `json:"by"`
	Accepted int    `json:"accepted"`
	Rejected int    `json:"rejected"`
	Implied  int    `json:"implied"` // of the rejected, those that an accepted number of the same person ruled out
}

func (r Imported) Text(w io.Writer) {
	fmt.Fprintf(w, "%s accepted, %d rejected (%d of them because another was accepted)\n", reports.Counted(r.Accepted, "number"), r.Rejected, r.Implied)
	fmt.Fprintln(w, "Remembered; they stand from the next run on.")
}

// Export writes the queue as a workbook and as CSV.
func Export(ctx context.Context, p *console.Console, c config.Config, to string) (Exported, error) {
	lake, err := c.OpenLake(p.Now)
	if err != nil {
		return Exported{}, err
	}
	queue, err := queueOf(ctx, c, lake)
	if err != nil {
		return Exported{}, err
	}
	done := Exported{Rows: len(queue.Rows), Run: queue.Run}
	for _, file := range []struct {
		suffix string
		write  func() ([]byte, error)
	}{{".xlsx", queue.Workbook}, {".csv", queue.CSV}} {
		path := filepath.Join(to, snapshot.ReviewQueue+"_"+queue.Run+file.suffix)
		if _, err := os.Lstat(path); err == nil { // it may hold decisions by now
			return Exported{}, fault.WithHint(fmt.Errorf("%s is there already", path), "import it or move it away, or give another folder with --to")
		}
		content, err := file.write()
		if err != nil {
			return Exported{}, err
		}
		if err := disk.WriteFrom(path, bytes.NewReader(content)); err != nil {
			return Exported{}, fault.Explain("write "+path, err)
		}
		done.Files = append(done.Files, path)
	}
	return done, nil
}

// queueOf reads the current snapshot's queue: who and which number first, then room for a decision, then what is known.
func queueOf(ctx context.Context, c config.Config, lake *lake.Lake) (review.Queue, error) {
	kept, found, err := lake.Kept(ctx, snapshot.ReviewQueue)
	if err == nil && !found {
		err = fault.WithHint(errors.New("no snapshot has a review queue yet"), "publish one with careshare run")
	}
	if err != nil {
		return review.Queue{}, err
	}
	snapshot, err := lake.Current()
	if err != nil {
		return review.Queue{}, err
	}
	manifest, err := snapshot.Manifest()
	if err != nil {
		return review.Queue{}, err
	}
	queue := review.Queue{Run: snapshot.ID, AsAt: manifest.AsAt}
	var names []string
	if queue.Columns, names, err = reviewColumns(c.Ruleset()); err != nil {
		return review.Queue{}, err
	}
	db, err := c.OpenAside(ctx, filepath.Dir(kept.Path))
	if err != nil {
		return review.Queue{}, err
	}
	defer db.Close()
	query := fmt.Sprintf("select columns(*)::varchar from (select %s from %s order by in_scope desc, person_id, nhs_number)",
		strings.Join(names, ", "), sql.ParquetFile(kept.Path))
	for line, err := range sql.Texts(ctx, db, query) {
		if err != nil {
			return review.Queue{}, err
		}
		row := make([]string, 0, len(line)+1)
		for _, text := range line {
			row = append(row, strings.Clone(text)) // the engine's own until the next line
		}
		queue.Rows = append(queue.Rows, slices.Insert(row, 2, ""))
	}
	return queue, nil
}

// reviewColumns are the queue's columns with the decision after the first two, and the contract's names without it.
func reviewColumns(decides rules.Rules) (columns []review.Column, names []string, err error) {
	contracts, err := agreement.ReadContracts(decides)
	if err != nil {
		return nil, nil, err
	}
	contract, _ := contracts.Find(snapshot.ReviewQueue)
	for _, column := range contract.Columns {
		columns = append(columns, review.Column{Name: column.Name, Meaning: column.Meaning, IsText: column.Type == "VARCHAR"})
		names = append(names, column.Name)
	}
	decision := review.Column{Name: review.DecisionColumn, Meaning: "accept or reject; empty decides nothing.", IsText: true}
	return slices.Insert(columns, 2, decision), names, nil
}

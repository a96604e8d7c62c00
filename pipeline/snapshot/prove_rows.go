package snapshot

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"careshare/load/audit"
	"careshare/load/disk"
	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/pipeline/exit"
	"careshare/reports"

	"golang.org/x/mod/sumdb/tlog"
)

// ProveRows writes the proof of every row of the auditors' extract.
func ProveRows(ctx context.Context, p *console.Console, c config.Config, o Choice) (Proved, error) {
	lake, from, manifest, err := OpenChosen(p, c, o)
	if err != nil {
		return Proved{}, err
	}
	evidence, content, err := extractProof(ctx, c, lake, from, manifest, false)
	if err != nil {
		return Proved{}, err
	}
	return Proved{AuditName, from.ID, o.To, evidence.Tables[0].Proof.Root.Hash.String()}, disk.WriteNew(o.To, strings.NewReader(content))
}

// extractProof is the proof as its file has it.
func extractProof(ctx context.Context, c config.Config, l *lake.Lake, from lake.Snapshot, manifest lake.Manifest, asPublished bool) (lake.ExtractEvidence, string, error) {
	db, err := Open(ctx, c, from, manifest)
	if err != nil {
		return lake.ExtractEvidence{}, "", err
	}
	defer db.Close()
	evidence, err := l.ExtractEvidence(ctx, db, from, asPublished)
	if err != nil {
		return evidence, "", err
	}
	content, err := json.Marshal(evidence)
	return evidence, string(content) + "\n", err
}

// ProofBeside puts the proof as of the publication into the extract's folder; where an older version of the program made
// the snapshot there is none.
func ProofBeside(ctx context.Context, c config.Config, l *lake.Lake, from lake.Snapshot, manifest lake.Manifest, folder string) error {
	if !slices.ContainsFunc(manifest.Datasets, func(d lake.Disclosure) bool { return d.RowsRoot != "" }) {
		return nil
	}
	_, content, err := extractProof(ctx, c, l, from, manifest, true)
	if err != nil {
		return err
	}
	return disk.WriteNew(filepath.Join(folder, AuditProofName), strings.NewReader(content))
}

// CheckedRows is what a proof shows of an extract.
type CheckedRows struct {
	Snapshot string         `json:"snapshot"`
	Root     string         `json:"root"`
	Entries  int64          `json:"entries"` // of the log with that root
	Tables   []checkedTable `json:"tables"`
}

// checkedTable counts one dataset's rows.
type checkedTable struct {
	Dataset   string `json:"dataset"`
	Published int    `json:"published"`
	Found     int    `json:"found"` // of them in the file
}

func (r CheckedRows) Text(w io.Writer) {
	fmt.Fprintf(w, "good: as published in snapshot %s, by the audit log of %s with root %s\n", r.Snapshot, reports.Counted(r.Entries, "entry"), r.Root)
	for _, t := range r.Tables {
		fmt.Fprintf(w, "%-20s published: %s, of them in the file: %d\n", t.Dataset, reports.Counted(t.Published, "row"), t.Found)
	}
}

// verifyRows checks that every row of the file was in the log of that day.
func verifyRows(evidence lake.ExtractEvidence, o ProofOptions) (console.Result, error) {
	root, err := lake.CheckExtract(evidence, o.Root)
	if err != nil {
		return nil, err
	}
	check := newRowCheck(evidence)
	switch strings.ToLower(filepath.Ext(o.File)) {
	case "":
	case ".xlsx":
		err = reports.ReadWorkbook(o.File, check.row)
	case ".csv":
		err = readCSV(o.File, check.row)
	default:
		err = exit.Usage(errors.New("check proof: the extract is an .xlsx or a .csv file"))
	}
	if err == nil {
		err = check.failure()
	}
	if err != nil {
		return nil, err
	}
	return CheckedRows{evidence.Snapshot, root.Hash.String(), root.Size, check.tables}, nil
}

func readCSV(path string, each func(sheet string, line int, cells []string) error) error {
	file, err := os.Open(path)
	if err != nil {
		return fault.Explain("read extract", err)
	}
	defer file.Close()
	rows := csv.NewReader(file)
	for {
		cells, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read extract: %w", err)
		}
		line, _ := rows.FieldPos(0)
		if line == 1 {
			cells[0] = strings.TrimPrefix(cells[0], "\ufeff")
		}
		if err := each(filepath.Base(path), line, cells); err != nil {
			return err
		}
	}
}

// rowCheck holds rows, one after the other, to the leaves of a proof. A leaf counts once.
type rowCheck struct {
	evidence lake.ExtractEvidence
	left     []map[tlog.Hash]int // by table: leaves that no row has claimed
	tables   []checkedTable

	sheet  string
	table  int // of the sheet; -1 until its header was met
	bad    []string
	badAll int
}

func newRowCheck(e lake.ExtractEvidence) *rowCheck {
	c := &rowCheck{evidence: e, table: -1}
	for _, t := range e.Tables {
		left := map[tlog.Hash]int{}
		for _, leaf := range t.Rows {
			left[leaf]++
		}
		c.left, c.tables = append(c.left, left), append(c.tables, checkedTable{Dataset: t.Dataset, Published: len(t.Rows)})
	}
	return c
}

// row takes one line of the file. What stands above a table's header is not of the table; what stands below is.
func (c *rowCheck) row(sheet string, line int, cells []string) error {
	if sheet != c.sheet {
		c.closeSheet()
		c.sheet, c.table = sheet, -1
	}
	if c.table < 0 {
		c.table = slices.IndexFunc(c.evidence.Tables, func(t lake.RowsEvidence) bool { return slices.EqualFunc(t.Columns, trimmed(cells), isHeading) })
		return nil
	}
	t := c.evidence.Tables[c.table]
	if len(t.Rows) == 0 && slices.Equal(trimmed(cells), []string{reports.Nothing}) {
		return nil
	}
	for len(cells) < len(t.Columns) {
		cells = append(cells, "") // a workbook leaves out empty cells at the end
	}
	leaf, err := audit.RowHash(t.Dataset, t.Columns, canonical(t.Types, cells[:len(t.Columns)]))
	if err != nil {
		return err
	}
	if len(trimmed(cells)) > len(t.Columns) || c.left[c.table][leaf] == 0 {
		c.say("%s, line %d: this row was not published, or appears twice", sheet, line)
		return nil
	}
	c.left[c.table][leaf]--
	c.tables[c.table].Found++
	return nil
}

// isHeading says whether a cell heads a column: with its name, or with its name in words.
func isHeading(column, cell string) bool { return cell == column || cell == reports.Heading(column) }

// canonical are a row's values as the engine writes them, which is what the leaf is of, from typed cells.
func canonical(types, cells []string) []string {
	texts := slices.Clone(cells)
	for i, kind := range types[:min(len(types), len(texts))] {
		texts[i] = reports.KindOf(kind, false).Text(texts[i])
	}
	return texts
}

// trimmed is without empty cells at the end.
func trimmed(cells []string) []string {
	for len(cells) > 0 && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	return cells
}

func (c *rowCheck) closeSheet() {
	if c.sheet != "" && c.table < 0 {
		c.say("%s: its columns are those of no dataset that the proof is of", c.sheet)
	}
}

const badShown = 5

func (c *rowCheck) say(format string, args ...any) {
	if c.badAll++; len(c.bad) < badShown {
		c.bad = append(c.bad, fmt.Sprintf(format, args...))
	}
}

// failure names the first rows that were not published, by their place and never by their values.
func (c *rowCheck) failure() error {
	c.closeSheet()
	if c.badAll == 0 {
		return nil
	}
	return fmt.Errorf("check proof: %s not as published: %s", reports.Counted(c.badAll, "line"), strings.Join(c.bad, "; "))
}

package pipeline

import (
	"context"
	"io"
	"iter"
	"os"
	"path/filepath"

	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/reports"
	"careshare/sql"
)

// has says whether a dataset is there.
func (s reportSource) has(ctx context.Context, dataset string) (there bool, err error) {
	err = s.db.QueryRowContext(ctx, "select count(*) > 0 from information_schema.tables where table_schema = 'main' and table_name = ?", dataset).Scan(&there)
	return there, err
}

// reportSource is what a report is made from: the same for a run that is just staged and for an old snapshot, so that both
// give the same bytes.
type reportSource struct {
	db       *sql.DB // the datasets and the refined models under their names
	manifest lake.Manifest
	to       string // the report's folder
	scratch  string // a private folder for what is only on its way
	config   Config
	previous string // folder of the snapshot before; empty: there is none
}

// about is what each report says of itself.
func (s reportSource) about(again, title string) reports.About {
	m := s.manifest
	return reports.About{
		Again: again, Title: title, Run: m.Run, AsAt: m.AsAt, Agreement: m.Versions.Agreement,
		RootSize: m.Audit.Size, RootHash: m.Audit.Hash.String(),
	}
}

// named tells a dataset by its name.
func (s reportSource) named(dataset string) func(lake.Disclosure) bool {
	return func(d lake.Disclosure) bool { return d.Dataset == dataset }
}

// write puts one file of a report down, whole.
func (s reportSource) write(name string, write func(io.Writer) error) error {
	if err := os.MkdirAll(s.to, 0o700); err != nil {
		return fault.Explain("write report", err)
	}
	return fault.Explain("write "+name, reports.WriteFile(filepath.Join(s.to, name), write))
}

// rows streams a query of texts; a row is good until the next.
func (s reportSource) rows(ctx context.Context, query string, args ...any) iter.Seq2[[]reports.Cell, error] {
	return func(yield func([]reports.Cell, error) bool) {
		var cells []reports.Cell
		for row, err := range sql.Texts(ctx, s.db, query, args...) {
			cells = cells[:0]
			for _, text := range row {
				cells = append(cells, reports.Cell{Text: text})
			}
			if !yield(cells, err) {
				return
			}
		}
	}
}

package snapshot

import (
	"context"
	"io"
	"iter"
	"os"
	"path/filepath"

	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/reports"
	"careshare/sql"
)

// Has says whether a dataset is there.
func (s Source) Has(ctx context.Context, dataset string) (there bool, err error) {
	err = s.DB.QueryRowContext(ctx, "select count(*) > 0 from information_schema.tables where table_schema = 'main' and table_name = ?", dataset).Scan(&there)
	return there, err
}

// Source is what a report is made from: the same for a run that is just staged and for an old snapshot, so that both
// give the same bytes.
type Source struct {
	DB       *sql.DB // the datasets and the refined models under their names
	Manifest lake.Manifest
	To       string // the report's folder
	Scratch  string // a private folder for what is only on its way
	Config   config.Config
	Previous string // folder of the snapshot before; empty: there is none
}

// About is what each report says of itself.
func (s Source) About(again, title string) reports.About {
	m := s.Manifest
	return reports.About{
		Again: again, Title: title, Run: m.Run, AsAt: m.AsAt, Agreement: m.Versions.Agreement,
		RootSize: m.Audit.Size, RootHash: m.Audit.Hash.String(),
	}
}

// Named tells a dataset by its name.
func (s Source) Named(dataset string) func(lake.Disclosure) bool {
	return func(d lake.Disclosure) bool { return d.Dataset == dataset }
}

// Write puts one file of a report down, whole.
func (s Source) Write(name string, write func(io.Writer) error) error {
	if err := os.MkdirAll(s.To, 0o700); err != nil {
		return fault.Explain("write report", err)
	}
	return fault.Explain("write "+name, reports.WriteFile(filepath.Join(s.To, name), write))
}

// Rows streams a query of texts; a row is good until the next.
func (s Source) Rows(ctx context.Context, query string, args ...any) iter.Seq2[[]reports.Cell, error] {
	return func(yield func([]reports.Cell, error) bool) {
		var cells []reports.Cell
		for row, err := range sql.Texts(ctx, s.DB, query, args...) {
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

// Typed gives each cell the kind of its column.
func Typed(rows iter.Seq2[[]reports.Cell, error], kinds []reports.Kind) iter.Seq2[[]reports.Cell, error] {
	return func(yield func([]reports.Cell, error) bool) {
		for row, err := range rows {
			for i := range row {
				row[i].Kind = kinds[i]
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

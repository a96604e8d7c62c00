package extract

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// Parquet is one Parquet file being written, column by column, in the run's own folder.
type Parquet struct {
	path   string
	file   *os.File
	writer *pqarrow.FileWriter
	rows   int64
}

// CreateParquet starts a file that only its owner may read, in a folder that it makes where it is missing.
func CreateParquet(path string, schema *arrow.Schema) (*Parquet, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("create %s: %w", path, err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("create %s: %w", path, err)
	}
	writer, err := pqarrow.NewFileWriter(schema, file, writerProperties(schema), pqarrow.DefaultWriterProps())
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("create %s: %w", path, err)
	}
	return &Parquet{path: path, file: file, writer: writer}, nil
}

// writerProperties are measured: most of the time of a pull goes into encoding. Without a dictionary a column takes a
// third of the time, and the same rows give the same bytes: where a dictionary grows too large and plain pages follow,
// arrow-go 18.5 writes their counts into the footer in the order of a Go map.
func writerProperties(schema *arrow.Schema) *parquet.WriterProperties {
	properties := []parquet.WriterProperty{
		parquet.WithCompression(compress.Codecs.Snappy),
		parquet.WithDictionaryDefault(false),
		parquet.WithDataPageSize(64 << 10),
		parquet.WithMaxRowGroupLength(122_880), // DuckDB's own size, so that a reader's threads share the groups
		parquet.WithCreatedBy("careshare"),
	}
	for _, field := range schema.Fields() {
		if field.Type.ID() == arrow.STRING { // least and greatest text help no reader, and the footer need hold no names
			properties = append(properties, parquet.WithStatsFor(field.Name, false))
		}
	}
	return parquet.NewWriterProperties(properties...)
}

// Write adds a batch; the batch stays the caller's to release.
func (p *Parquet) Write(batch arrow.RecordBatch) error {
	p.rows += batch.NumRows()
	if err := p.writer.WriteBuffered(batch); err != nil {
		return fmt.Errorf("write %s: %w", p.path, err)
	}
	return nil
}

// Close finishes the file and returns its rows. A file that was not closed without error is not a table.
func (p *Parquet) Close() (rows int64, err error) {
	if err := p.writer.Close(); err != nil { // closes the file too
		return 0, fmt.Errorf("close %s: %w", p.path, err)
	}
	return p.rows, nil
}

// Abandon drops a file that cannot be finished: nothing is left that could be taken for a table.
func (p *Parquet) Abandon() {
	p.file.Close()
	os.Remove(p.path)
}

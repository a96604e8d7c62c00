package borough

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/klauspost/compress/gzip"
)

// ndjson is one gzip NDJSON file being written. No time goes into its header: same lines, same bytes.
type ndjson struct {
	path  string
	lines int64
	file  *os.File
	buf   *bufio.Writer
	gz    *gzip.Writer
}

func createNDJSON(path string) (*ndjson, error) {
	f, err := create(path)
	if err != nil {
		return nil, err
	}
	buf := bufio.NewWriterSize(f, 64<<10)
	gz, err := gzip.NewWriterLevel(buf, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	gz.ModTime = time.Unix(0, 0) // RFC 1952: no time stamp
	return &ndjson{path: path, file: f, buf: buf, gz: gz}, nil
}

func (n *ndjson) write(b []byte) error {
	n.lines++
	_, err := n.gz.Write(b)
	return err
}

func (n *ndjson) close() error {
	return errors.Join(n.gz.Close(), n.buf.Flush(), n.file.Close())
}

// rolled is the run of files of one resource type: Condition.0.ndjson.gz, Condition.1.ndjson.gz, …, each of at most
// limit lines, and last the later file, with resources that come again.
type rolled struct {
	dir, kind string // kind is the manifest's word for what is in the files
	stem      string // of their names
	limit     int64
	done      []output
	open      *ndjson
	later     *ndjson
}

// output is one entry of a Bulk Data manifest (3.0.0, "Response - Complete Status").
type output struct {
	Type  string `json:"type"`
	URL   string `json:"url"`
	Count int64  `json:"count"`
}

// place names the file and the line, from 1, that the last write went to.
func (r *rolled) place() (string, int64) { return filepath.Base(r.open.path), r.open.lines }

func (r *rolled) fileName(n int) string { return fmt.Sprintf("%s.%d.ndjson.gz", r.stem, n) }

// write appends a line, its line end included, to the open file, or to the next where that is full.
func (r *rolled) write(b []byte) (err error) {
	if r.open != nil && r.open.lines >= r.limit {
		if err := r.finish(); err != nil {
			return err
		}
	}
	if r.open == nil {
		if r.open, err = createNDJSON(filepath.Join(r.dir, r.fileName(len(r.done)))); err != nil {
			return err
		}
	}
	return r.open.write(b)
}

// again appends a line to the later file, which gets its number when all others are written.
func (r *rolled) again(b []byte) (err error) {
	if r.later == nil {
		if r.later, err = createNDJSON(filepath.Join(r.dir, r.stem+".later")); err != nil {
			return err
		}
	}
	return r.later.write(b)
}

func (r *rolled) finish() error {
	if r.open == nil {
		return nil
	}
	r.done = append(r.done, output{r.kind, filepath.Base(r.open.path), r.open.lines})
	err := r.open.close()
	r.open = nil
	return err
}

// close ends the run of files and returns what the manifest says of them.
func (r *rolled) close() ([]output, error) {
	if err := r.finish(); err != nil || r.later == nil {
		return r.done, err
	}
	if err := r.later.close(); err != nil {
		return nil, err
	}
	name := r.fileName(len(r.done))
	r.done = append(r.done, output{r.kind, name, r.later.lines})
	return r.done, os.Rename(r.later.path, filepath.Join(r.dir, name))
}

// bulkManifest is the completed export's manifest. error is required and may be empty.
type bulkManifest struct {
	TransactionTime     string   `json:"transactionTime"`
	Request             string   `json:"request"`
	RequiresAccessToken bool     `json:"requiresAccessToken"`
	Output              []output `json:"output"`
	Deleted             []output `json:"deleted"`
	Error               []output `json:"error"`
}

func writeManifest(dir, request string, at time.Time, outputs, deleted []output) error {
	b, err := json.MarshalIndent(bulkManifest{
		TransactionTime: at.UTC().Format(time.RFC3339), Request: request,
		Output: outputs, Deleted: deleted, Error: []output{},
	}, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "manifest.json"), append(b, '\n'), 0o600)
}

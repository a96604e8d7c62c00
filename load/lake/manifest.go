package lake

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"careshare/load/agreement"
	"careshare/load/audit"
	"careshare/load/disk"
	"careshare/load/fault"

	"golang.org/x/sync/errgroup"
)

// manifestName is the file that describes all the others of a snapshot.
const manifestName = "manifest.json"

// Manifest proves one snapshot. It holds no time of day: what was run, on what, with which outcome.
type Manifest struct {
	Run          string                      `json:"run"`
	AsAt         time.Time                   `json:"as_at"`
	From         string                      `json:"from,omitempty"` // the snapshot that this one was made from, without a run
	Versions     Versions                    `json:"versions"`
	Audiences    map[string]agreement.Access `json:"audiences"`
	Inputs       []Input                     `json:"inputs"`
	Datasets     []Disclosure                `json:"datasets"`
	Withheld     []WithheldCount             `json:"withheld"`
	Conservation []Conservation              `json:"conservation"`
	Checks       []Check                     `json:"checks"`
	Outputs      []File                      `json:"outputs"`        // every file of the snapshot but this one, by path
	Content      string                      `json:"content_sha256"` // of the outputs, reports aside: they print the log's root
	Audit        audit.Root                  `json:"audit"`          // the log when the run started

	Promises   []agreement.Promise `json:"promises"`             // the shapes of the datasets whose contracts have a version
	Pseudonyms map[string]KeyMark  `json:"pseudonyms,omitempty"` // by audience: the newest key that was used
}

// Versions say what made the snapshot.
type Versions struct {
	Program         string `json:"program"`
	DuckDB          string `json:"duckdb"`
	Models          string `json:"models_sha256"`
	Agreement       string `json:"agreement"`
	AgreementSHA256 string `json:"agreement_sha256"`
}

// Input is one table or file that the run read.
type Input struct {
	Source string `json:"source"`
	Name   string `json:"name"`
	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes,omitempty"`  // unknown for a database
	SHA256 string `json:"sha256,omitempty"` // unknown for a database
}

// Check is one check of the models and how many rows it found.
type Check struct {
	Name     string `json:"name"`
	Severity string `json:"severity"` // block | warn
	Bad      int64  `json:"bad"`
}

// File is one file of a snapshot.
type File struct {
	Path   string `json:"path"` // within the snapshot, with slashes
	Rows   *int64 `json:"rows"` // null where the file is not Parquet
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Manifest reads the snapshot's manifest; Verify proves it.
func (s Snapshot) Manifest() (Manifest, error) {
	data, err := os.ReadFile(filepath.Join(s.Path, manifestName))
	if err != nil {
		return Manifest{}, fault.Explain("read manifest of "+s.ID, err)
	}
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return Manifest{}, fault.Damaged("read manifest of " + s.ID + ": not as it was written")
	}
	return m, nil
}

// CheckManifest says whether the manifest is the one that the log records.
func (s Snapshot) CheckManifest(log *audit.Log) error {
	data, err := os.ReadFile(filepath.Join(s.Path, manifestName))
	if err != nil {
		return fault.Explain("read manifest of "+s.ID, err)
	}
	if disk.SHA256(data) != log.Published()[s.ID] {
		return fault.Damaged("read manifest of " + s.ID + ": not what the audit log says")
	}
	return nil
}

// Dataset is where a dataset's file is in the snapshot, or false where it was not published.
func (s Snapshot) Dataset(m Manifest, dataset string) (path string, published bool) {
	i := slices.IndexFunc(m.Datasets, func(d Disclosure) bool { return d.Dataset == dataset })
	if i < 0 {
		return "", false
	}
	return filepath.Join(s.Path, filepath.FromSlash(m.Datasets[i].Path)), true
}

func (m Manifest) encode() ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(m)
	return out.Bytes(), err
}

// contentDigest is the SHA-256 of the outputs' list.
func contentDigest(outputs []File) string { return disk.SHA256([]byte(contentList(outputs))) }

// contentList are the outputs as sha256sum would list them, reports aside.
func contentList(outputs []File) string {
	var list strings.Builder
	for _, file := range outputs {
		if !strings.HasPrefix(file.Path, "reports/") {
			fmt.Fprintf(&list, "%s  %s\n", file.SHA256, file.Path)
		}
	}
	return list.String()
}

// measure takes every file under root, by path, manifest aside: its bytes, its rows, and its SHA-256 unless only the
// footers are asked for.
func measure(ctx context.Context, root string) ([]File, error) {
	paths, err := files(root)
	if err != nil {
		return nil, err
	}
	measured := make([]File, len(paths))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(disk.Parallel)
	for i, path := range paths {
		group.Go(func() (err error) {
			measured[i], err = measureFile(ctx, root, path)
			return err
		})
	}
	return measured, group.Wait()
}

func measureFile(ctx context.Context, root, path string) (File, error) {
	file := File{Path: path}
	if strings.HasSuffix(path, ".parquet") {
		rows, err := footerRows(filepath.Join(root, path))
		if err != nil {
			return File{}, fmt.Errorf("measure %s: %w", path, err)
		}
		file.Rows = &rows
	}
	var err error
	file.SHA256, file.Bytes, err = disk.HashFile(ctx, filepath.Join(root, path))
	return file, fault.Explain("measure "+path, err)
}

// CheckFile says whether a file is what its manifest says.
func CheckFile(path string, listed File) error {
	digest, _, err := disk.HashFile(context.Background(), path)
	if err != nil {
		return fault.Explain("read "+listed.Path, err)
	}
	if digest != listed.SHA256 {
		return fault.Damaged(listed.Path + " is not what its manifest says")
	}
	return nil
}

// files lists what lies under root by path, manifest aside. Anything but a file or a folder is an error.
func files(root string) (paths []string, err error) {
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		inside, err := filepath.Rel(root, path)
		if err != nil || inside == manifestName {
			return err
		}
		if !entry.Type().IsRegular() {
			return errors.New(inside + " is neither a file nor a folder")
		}
		paths = append(paths, filepath.ToSlash(inside))
		return nil
	})
	slices.Sort(paths)
	return paths, fault.Explain("list files", err)
}

package bulk

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// job is an export in work, kept beside its files so that another process can take it up.
type job struct {
	Scope    string `json:"scope"`              // what was asked for, as a fingerprint
	Since    string `json:"since,omitempty"`    // from when on
	Location string `json:"location,omitempty"` // where to ask how it stands
	Print    string `json:"print,omitempty"`    // the manifest's fingerprint, once it was seen

	expires time.Time // when the files' addresses end; zero: unknown
}

// state is what one export leaves to the next.
type state struct {
	Scope           string `json:"scope"`
	TransactionTime string `json:"transactionTime"`
}

// partial is the folder that the export is downloaded to.
func (c *client) partial() string { return c.o.To + ".partial" }

func (c *client) dropPartial() { _ = os.RemoveAll(c.partial()) } // what stays is dropped by the next call

func (c *client) saveJob(j *job) error { return writeJSON(filepath.Join(c.partial(), "job.json"), j) }

// scope is a fingerprint of whom and what is asked for. Only exports of one scope build on one another: of a patient who
// is new to a list or a type that is new, everything is wanted, not what changed.
func (o Options) scope() string {
	sum := sha256.New()
	for _, list := range [][]string{{o.endpoint()}, o.Patients, o.Types, o.TypeFilters} {
		fmt.Fprintln(sum, len(list), strings.Join(slices.Sorted(slices.Values(list)), "\x00"))
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// takeUp is the job that an earlier call left, if it asks for the same; else a new one.
func (c *client) takeUp(ctx context.Context) (*job, error) {
	if _, err := os.Lstat(c.o.To); !errors.Is(err, fs.ErrNotExist) {
		return nil, cmp.Or(err, fmt.Errorf("%s exists", c.o.To))
	}
	fresh := &job{Scope: c.o.scope()}
	var last state
	if c.o.State != "" {
		if err := readJSON(c.o.State, &last); err != nil {
			return nil, err
		}
	}
	if last.Scope == fresh.Scope {
		fresh.Since = last.TransactionTime
	}
	var left job
	if err := readJSON(filepath.Join(c.partial(), "job.json"), &left); err == nil && left.Scope == fresh.Scope && left.Since == fresh.Since && left.Location != "" {
		return &left, nil
	}
	if left.Location != "" {
		c.deleteJob(ctx, left.Location)
	}
	c.dropPartial()
	if err := os.MkdirAll(c.partial(), 0o700); err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	return fresh, nil
}

// finish gives the export its place and, if it was whole, the next one its start.
func (c *client) finish(m Manifest, result Result) error {
	if result.Folder == "" {
		c.dropPartial()
	} else if err := c.place(m); err != nil {
		return err
	}
	if c.o.State == "" || result.Partial {
		return nil
	}
	return writeJSON(c.o.State, state{Scope: c.o.scope(), TransactionTime: m.TransactionTime})
}

// place gives a downloaded export its name, once all of it is on disk.
func (c *client) place(m Manifest) error {
	if err := writeJSON(filepath.Join(c.partial(), "manifest.json"), m); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(c.partial(), "job.json")); err != nil {
		return fmt.Errorf("finish export: %w", err)
	}
	if err := os.Rename(c.partial(), c.o.To); err != nil {
		return fmt.Errorf("finish export: %w", err)
	}
	return syncFolder(filepath.Dir(c.o.To))
}

// readJSON reads a file of ours; one that is not there leaves value as it is.
func readJSON(path string, value any) error {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	if err := json.Unmarshal(text, value); err != nil {
		return fmt.Errorf("read %s: it is damaged; remove it to start again", path)
	}
	return nil
}

// writeJSON writes a file that only its owner may read: the old one stands until the new one is on disk.
func writeJSON(path string, value any) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("write %s: %w", path, err)
		}
	}()
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path+".part", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(append(text, '\n'))
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err = os.Rename(path+".part", path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes the names in a folder outlast a crash.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("sync %s: %w", path, err)
	}
	return errors.Join(folder.Sync(), folder.Close())
}

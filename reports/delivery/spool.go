package delivery

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gofrs/flock"
)

// ErrBusy says that another process is handing over.
var ErrBusy = errors.New("another process is handing over")

// Spool is a folder of deliveries: waiting/<id>/ holds a record and its files until everybody has them, done/<id>.json
// the record for ever. Each appears and changes by one rename, after it is safe on disk.
type Spool struct {
	folder string
	told   bool              // failures wait for a digest to name them
	crash  func(step string) // for tests: a process may end at any step
}

const recordName = "delivery.json"

// OpenSpool needs no folder to be there yet. Where failures are told by digests, they stay until one has.
func OpenSpool(folder string, isTelling bool) *Spool {
	return &Spool{folder: folder, told: isTelling, crash: func(string) {}}
}

func (s *Spool) waiting(id string) string { return filepath.Join(s.folder, "waiting", id) }
func (s *Spool) done(id string) string    { return filepath.Join(s.folder, "done", id+".json") }

// Knows says whether a delivery was put into the spool before, whatever became of it.
func (s *Spool) Knows(id string) bool {
	_, waits := os.Stat(filepath.Join(s.waiting(id), recordName))
	_, ended := os.Stat(s.done(id))
	return waits == nil || ended == nil
}

// Add puts a delivery with copies of its files into the spool, whole or not at all; what the spool knows stays as it is.
func (s *Spool) Add(d Delivery, paths []string) error {
	release, err := s.lock()
	if err != nil {
		return err
	}
	defer release()
	if s.Knows(d.ID) {
		return nil
	}
	part := filepath.Join(s.folder, "waiting", ".part-"+d.ID)
	if err := errors.Join(os.RemoveAll(part), os.MkdirAll(part, 0o700)); err != nil { // what a crash left there is no delivery
		return fmt.Errorf("spool %s: %w", d.ID, err)
	}
	for _, path := range paths {
		file, err := copyFile(path, filepath.Join(part, filepath.Base(path)))
		if err != nil {
			return fmt.Errorf("spool %s: %w", d.ID, err)
		}
		d.Files = append(d.Files, file)
	}
	if err := writeRecord(filepath.Join(part, recordName), d); err != nil {
		return fmt.Errorf("spool %s: %w", d.ID, err)
	}
	s.crash("spool")
	err = errors.Join(os.MkdirAll(filepath.Join(s.folder, "done"), 0o700), appear(part, s.waiting(d.ID)))
	s.crash("spooled")
	return err
}

// Waiting are the deliveries that have not ended, oldest first.
func (s *Spool) Waiting() (deliveries []Delivery, err error) {
	entries, err := os.ReadDir(filepath.Join(s.folder, "waiting"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read spool: %w", err)
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		d, err := readRecord(filepath.Join(s.waiting(entry.Name()), recordName))
		if err != nil {
			return nil, fmt.Errorf("read spool: %w", err)
		}
		deliveries = append(deliveries, d)
	}
	slices.SortStableFunc(deliveries, func(a, b Delivery) int { return a.At.Compare(b.At) })
	return deliveries, nil
}

// Done are the records of what has ended whose names begin so, by name.
func (s *Spool) Done(prefix string) (deliveries []Delivery, err error) {
	paths, err := filepath.Glob(filepath.Join(s.folder, "done", prefix+"*.json"))
	if err != nil {
		return nil, fmt.Errorf("read spool: %w", err)
	}
	for _, path := range paths {
		d, err := readRecord(path)
		if err != nil {
			return nil, fmt.Errorf("read spool: %w", err)
		}
		deliveries = append(deliveries, d)
	}
	return deliveries, nil
}

// Tell marks failures as named by a digest.
func (s *Spool) Tell(ids []string) error {
	release, err := s.lock()
	if err != nil {
		return err
	}
	defer release()
	for _, id := range ids {
		d, err := readRecord(filepath.Join(s.waiting(id), recordName))
		if err == nil {
			d.Told = true
			err = s.settle(d)
		}
		if err != nil {
			return fmt.Errorf("spool %s: %w", id, err)
		}
	}
	return nil
}

// settle writes down how a delivery stands, and takes it out of the spool where it has ended.
func (s *Spool) settle(d Delivery) error {
	if err := writeRecord(filepath.Join(s.waiting(d.ID), recordName), d); err != nil {
		return err
	}
	if !d.ended(s.told) {
		return nil
	}
	s.crash("settled")
	if err := writeRecord(s.done(d.ID), d); err != nil {
		return err
	}
	s.crash("done")
	part := filepath.Join(s.folder, "waiting", ".part-"+d.ID)
	return errors.Join(os.RemoveAll(part), os.Rename(s.waiting(d.ID), part), os.RemoveAll(part))
}

func (s *Spool) lock() (release func(), err error) {
	if err := os.MkdirAll(filepath.Join(s.folder, "waiting"), 0o700); err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(s.folder, "lock"), flock.SetPermissions(0o600))
	taken, err := lock.TryLock()
	if err == nil && !taken {
		err = ErrBusy
	}
	return func() { lock.Unlock() }, err
}

func readRecord(path string) (d Delivery, err error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return d, err
	}
	if err := json.Unmarshal(content, &d); err != nil {
		return d, fmt.Errorf("%s is not a record of a delivery", filepath.Base(path))
	}
	return d, nil
}

// writeRecord replaces a record: temporary file, fsync, rename, fsync of the folder.
func writeRecord(path string, d Delivery) error {
	content, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return err
	}
	part := path + ".part"
	file, err := os.OpenFile(part, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(append(content, '\n'))
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	return appear(part, path)
}

// appear gives what is safe on disk its name.
func appear(part, path string) error {
	if err := errors.Join(syncPath(part), os.Rename(part, path)); err != nil {
		return err
	}
	return syncPath(filepath.Dir(path))
}

func syncPath(path string) error {
	opened, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(opened.Sync(), opened.Close())
}

func copyFile(from, to string) (copied File, err error) {
	source, err := os.Open(from)
	if err != nil {
		return copied, err
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return copied, err
	}
	hash := sha256.New()
	bytes, err := io.Copy(io.MultiWriter(target, hash), source)
	err = errors.Join(err, target.Sync(), target.Close())
	return File{Name: filepath.Base(to), Bytes: bytes, SHA256: hex.EncodeToString(hash.Sum(nil))}, err
}

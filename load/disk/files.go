package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"careshare/load/fault"
)

// WriteFrom makes a file that only its owner may read appear whole, in a folder that it makes where it is missing: temp, fsync,
// rename. The temporary name is hidden, so that a client of the folder leaves it alone, and always the same, so that what a crash
// left of it is written over by the next attempt.
func WriteFrom(path string, content io.Reader) error {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	temp := filepath.Join(folder, "."+filepath.Base(path)+".part")
	file, err := os.OpenFile(temp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	opened, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(opened.Sync(), opened.Close())
}

// WriteNew writes a file whole where there is none.
func WriteNew(path string, content io.Reader) error {
	if err := NotThere(path); err != nil {
		return err
	}
	return WriteFrom(path, content)
}

// CopyWhole writes what a file holds to another, however large it is.
func CopyWhole(from, to string) error {
	file, err := os.Open(from)
	if err != nil {
		return err
	}
	defer file.Close()
	return WriteFrom(to, file)
}

// NotThere is an error where something is at a path already.
func NotThere(path string) error {
	_, err := os.Lstat(path)
	switch {
	case err == nil:
		return fault.WithHint(fmt.Errorf("%s: %w", path, fs.ErrExist), "move it away, or give another folder with --to")
	case errors.Is(err, fs.ErrNotExist):
		return nil
	}
	return err
}

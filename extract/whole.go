package extract

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

// WriteWhole makes a file that only its owner may read appear whole or not at all: temporary file, fsync, rename, fsync
// of the folder, which is made where it is missing. The temporary name is hidden, so that readers of the folder leave
// it alone, and always the same, so that the next attempt writes over what a crash left.
func WriteWhole(path string, content io.Reader) error {
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

package load

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"
)

// hands is how many files are hashed or synced at the same time: disks and small machines gain nothing from more.
const hands = 2

// writeWhole replaces a small file: temporary file, fsync, rename, fsync of its folder.
func writeWhole(path string, data []byte) error {
	file, err := os.OpenFile(path+".next", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err := errors.Join(err, file.Chmod(0o600), file.Sync(), file.Close()); err != nil {
		return errors.Join(err, os.Remove(path+".next"))
	}
	if err := os.Rename(path+".next", path); err != nil {
		return err
	}
	return syncPath(filepath.Dir(path))
}

// syncPath makes a file's bytes, or a folder's names, safe on disk.
func syncPath(path string) error {
	opened, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(opened.Sync(), opened.Close())
}

// syncTree makes every file and folder under root safe on disk; in which order does not matter, since none counts before all are.
func syncTree(ctx context.Context, root string) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(hands)
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		group.Go(func() error { return syncPath(path) })
		return nil
	})
	return errors.Join(err, group.Wait())
}

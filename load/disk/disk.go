// Package disk writes small files whole, syncs trees and hashes files.
package disk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"
)

// Parallel is how many files are hashed or synced at the same time: disks and small machines gain nothing from more.
const Parallel = 2

// WriteWhole replaces a small file: temporary file, fsync, rename, fsync of its folder.
func WriteWhole(path string, data []byte) error {
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
	return SyncPath(filepath.Dir(path))
}

// SyncPath makes a file's bytes, or a folder's names, safe on disk.
func SyncPath(path string) error {
	opened, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(opened.Sync(), opened.Close())
}

// SyncTree makes every file and folder under root safe on disk; in which order does not matter, since none counts before all are.
func SyncTree(ctx context.Context, root string) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(Parallel)
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		group.Go(func() error { return SyncPath(path) })
		return nil
	})
	return errors.Join(err, group.Wait())
}

// MakeFolder makes a folder that only its owner may enter, whatever the umask. One that is there stays as it is:
// an administrator may have opened it to an audience.
func MakeFolder(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	return os.Chmod(path, 0o700)
}

// SHA256 is the digest of data as 64 hex digits.
func SHA256(data []byte) string {
	digest := sha256.Sum256(data)
	return hex.EncodeToString(digest[:])
}

// HashFile is the SHA-256 of a file as 64 hex digits, and how many bytes it has.
func HashFile(ctx context.Context, path string) (digest string, size int64, err error) {
	if ctx.Err() != nil {
		return "", 0, ctx.Err()
	}
	file, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer file.Close()
	hash := sha256.New()
	size, err = io.Copy(hash, file)
	return hex.EncodeToString(hash.Sum(nil)), size, err
}

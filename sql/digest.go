package sql

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
)

// Digest is the SHA-256 of every file of the rules that decide, by path: their version, for the manifest.
func Digest(rules ...fs.FS) (string, error) {
	digest := sha256.New()
	for _, files := range rules {
		err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := fs.ReadFile(files, path)
			fmt.Fprintf(digest, "%s %d\n%s", path, len(content), content)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%x", digest.Sum(nil)), nil
}

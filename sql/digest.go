package sql

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
)

// Digest is the SHA-256 of every file of a set of rules, by path: the version of the rules, for the manifest.
func Digest(rules fs.FS) (string, error) {
	digest := sha256.New()
	err := fs.WalkDir(rules, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(rules, path)
		fmt.Fprintf(digest, "%s %d\n%s", path, len(content), content)
		return err
	})
	return fmt.Sprintf("%x", digest.Sum(nil)), err
}

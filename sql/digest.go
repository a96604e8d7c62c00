package sql

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
)

// Digest is the SHA-256 of every embedded file, by path: the version of the rules, for the manifest.
func Digest() string {
	digest := sha256.New()
	_ = fs.WalkDir(Files, ".", func(path string, entry fs.DirEntry, err error) error { // embedded: it cannot fail
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := Files.ReadFile(path)
		fmt.Fprintf(digest, "%s %d\n%s", path, len(content), content)
		return err
	})
	return fmt.Sprintf("%x", digest.Sum(nil))
}

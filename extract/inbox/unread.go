package inbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Unread names the files below a folder that no rule takes, by their paths in it; a folder that is not there has none. Names that
// begin with a dot are being written.
func Unread(folder string, takes func(path string) bool) (unread []string, err error) {
	var taken int
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(entry.Name(), ".") {
			return err
		}
		within, err := filepath.Rel(folder, path)
		if takes(strings.ToLower(filepath.ToSlash(within))) {
			taken++
		} else {
			unread = append(unread, within)
		}
		return err
	})
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("list %s: %w", folder, err)
	case taken == 0 && len(unread) > 0:
		return unread, fmt.Errorf("%d files delivered and none that is read, such as one ending in %s", len(unread), filepath.Ext(unread[0]))
	}
	slices.Sort(unread)
	return unread, nil
}

package lake

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"careshare/load/agreement"
	"careshare/load/fault"
)

// through is a folder that others may pass but not list: those above an audience's own.
const through fs.FileMode = 0o711

// rights are the modes that a snapshot's files and folders must have.
type rights map[string]agreement.Access

// of gives the mode and group of a path within the snapshot; "." is the snapshot itself.
func (r rights) of(path string, folder bool) (mode fs.FileMode, group string, err error) {
	parts := strings.Split(filepath.ToSlash(path), "/")
	if (path == "." || path == "trusted" || path == "reports") && r.open() {
		return through, "", nil
	}
	var access agreement.Access
	if (parts[0] == "trusted" || parts[0] == "reports") && len(parts) > 1 { // reports/<audience>/ are that audience's
		access = r[parts[1]]
	}
	fileMode, folderMode, err := access.Modes()
	if folder {
		return folderMode, access.Group, err
	}
	return fileMode, access.Group, err
}

// open says whether any audience may be read by others than the program's own user.
func (r rights) open() bool {
	for _, access := range r {
		if file, folder, err := access.Modes(); err == nil && (file|folder)&0o077 != 0 {
			return true
		}
	}
	return false
}

// grant sets every mode and group under root, whatever the umask was.
func (r rights) grant(root string) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		mode, group, err := r.of(inside, entry.IsDir())
		if err != nil {
			return err
		}
		if group != "" {
			if err := giveTo(path, group); err != nil {
				return err
			}
		}
		return os.Chmod(path, mode)
	})
}

func giveTo(path, group string) error {
	id, err := groupID(group)
	if err != nil {
		return err
	}
	return os.Chown(path, -1, id)
}

func groupID(group string) (int, error) {
	found, err := user.LookupGroup(group)
	if err != nil {
		return 0, fault.Hinted("make the group, or name another one in the agreement's audiences", "find group %s: %w", group, err)
	}
	return strconv.Atoi(found.Gid)
}

// fault names what is wrong with a path's rights, or "".
func (r rights) fault(inside string, info fs.FileInfo) string {
	mode, group, err := r.of(inside, info.IsDir())
	if err != nil {
		return "its audience's mode cannot be read"
	}
	if info.Mode().Perm() != mode {
		return fmt.Sprintf("mode is %04o, not %04o", info.Mode().Perm(), mode)
	}
	if group == "" {
		return ""
	}
	id, err := groupID(group)
	if owner, ok := info.Sys().(*syscall.Stat_t); err != nil || !ok || int(owner.Gid) != id {
		return "group is not " + group
	}
	return ""
}

// letThrough opens the way to the snapshots for the audiences, and only that.
func (l *Lake) letThrough(r rights) error {
	if !r.open() {
		return nil
	}
	return errors.Join(os.Chmod(l.path, through), os.Chmod(l.snapshots(), through))
}

// Package scratch gives a process one private folder for all its temporary files, and sweeps those that killed processes left.
package scratch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"careshare/load/fault"
)

const (
	pattern  = "careshare-scratch-*"
	lockName = "lock"
	least    = 64 << 10 // bytes that must fit there
)

// inUse is this process's own folder: command lines that run in one process at the same time, as in tests, share it, since
// TMPDIR is one for all of them.
var inUse struct {
	sync.Mutex
	users int
	leave func()
}

// Enter gives the process its folder, or one more user of it; the last who leaves removes it.
func Enter() (leave func(), err error) {
	inUse.Lock()
	defer inUse.Unlock()
	if inUse.users == 0 {
		if inUse.leave, err = enter(); err != nil {
			return nil, err
		}
	}
	inUse.users++
	return sync.OnceFunc(func() {
		inUse.Lock()
		defer inUse.Unlock()
		if inUse.users--; inUse.users == 0 {
			inUse.leave()
		}
	}), nil
}

// enter makes the folder below TMPDIR and lets TMPDIR name it, so that libraries use it too. Leave removes it. A folder is in use
// while its process holds the lock inside; any other is swept.
func enter() (leave func(), err error) {
	outside := os.TempDir()
	sweep(outside)
	folder, err := os.MkdirTemp(outside, pattern) // 0700
	if err != nil {
		return nil, explained(err)
	}
	lock := flock.New(filepath.Join(folder, lockName), flock.SetPermissions(0o600))
	leave = func() {
		_ = os.Setenv("TMPDIR", outside)
		_ = os.RemoveAll(folder) // what cannot be removed now, the next start sweeps
		_ = lock.Unlock()
	}
	_, err = lock.TryLock()
	if err == nil {
		probe := filepath.Join(folder, "probe")
		err = errors.Join(os.WriteFile(probe, make([]byte, least), 0o600), os.Remove(probe))
	}
	if err == nil {
		err = os.Setenv("TMPDIR", folder)
	}
	if err != nil {
		leave()
		return nil, explained(err)
	}
	return leave, nil
}

func explained(err error) error {
	return fault.WithHint(fmt.Errorf("use the folder for temporary files: %w", err), "free space there, or set TMPDIR to a folder that this user may write to")
}

// sweep removes what killed processes left. One without a lock is only just being made, or was killed then.
func sweep(outside string) {
	left, _ := filepath.Glob(filepath.Join(outside, pattern))
	for _, folder := range left {
		path := filepath.Join(folder, lockName)
		if _, err := os.Stat(path); err != nil {
			if info, err := os.Stat(folder); err == nil && time.Since(info.ModTime()) > time.Hour {
				_ = os.RemoveAll(folder)
			}
			continue
		}
		lock := flock.New(path)
		if taken, err := lock.TryLock(); err == nil && taken {
			_ = os.RemoveAll(folder)
			_ = lock.Unlock()
		}
	}
}

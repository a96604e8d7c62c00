package config

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"careshare/extract/casestore"
	"careshare/sql"
)

// LittleToRead is up to how many bytes of files one thread is as fast as several: the engine divides its work by groups of
// 122,880 rows, and where there is one group the other threads only wait, which costs a processor each.
const LittleToRead = 8 << 20

// SizedFor is the configuration with no more threads than these files and folders keep busy.
func (c Config) SizedFor(paths ...string) (Config, error) {
	bytes, err := BytesOf(paths...)
	if bytes <= LittleToRead {
		c.Engine.Threads = 1
	}
	return c, err
}

// BytesOf is the size of files, and of all that is in folders. What is not there has none: its reader says so.
func BytesOf(paths ...string) (total int64, err error) {
	for _, path := range paths {
		err := filepath.WalkDir(path, func(_ string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			info, err := entry.Info()
			if err == nil {
				total += info.Size()
			}
			return err
		})
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return 0, err
		}
	}
	return total, nil
}

// DefaultThreads is one a processor.
func DefaultThreads() int { return runtime.NumCPU() }

// CaseStoreOptions say how the case store is read.
func (c Config) CaseStoreOptions(spill string) (casestore.Options, error) {
	address, err := c.CaseStore.address()
	return casestore.Options{
		Kind: c.CaseStore.Kind, Location: address, Connections: c.CaseStore.Connections,
		StatementTimeout: c.CaseStore.StatementTimeout, Memory: c.Engine.Memory, Threads: c.Engine.Threads, Spill: spill, Conventions: &c.Conventions,
		IncompleteLoad: c.CaseStore.IncompleteLoad, OldestLoad: c.CaseStore.OldestLoad,
	}, err
}

// OpenEngine opens an engine that may read and write these folders only.
func (c Config) OpenEngine(ctx context.Context, spill string, allow ...string) (*sql.DB, error) {
	return sql.Open(ctx, sql.Options{Memory: c.Engine.Memory, Threads: c.Engine.Threads, Spill: spill, Allow: allow, Macros: c.Decides.Macros})
}

// OpenAside opens an engine beside any run, with a spill folder of its own.
func (c Config) OpenAside(ctx context.Context, allow ...string) (*sql.DB, error) {
	return c.OpenEngine(ctx, "", allow...)
}

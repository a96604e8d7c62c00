package pipeline

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

// littleToRead is up to how many bytes of files one thread is as fast as several: the engine divides its work by groups of
// 122,880 rows, and where there is one group the other threads only wait, which costs a processor each.
const littleToRead = 8 << 20

// sizedFor is the configuration with no more threads than these files and folders keep busy.
func (c Config) sizedFor(paths ...string) (Config, error) {
	bytes, err := bytesOf(paths...)
	if bytes <= littleToRead {
		c.Engine.Threads = 1
	}
	return c, err
}

// bytesOf is the size of files, and of all that lies in folders. What is not there has none: its reader says so.
func bytesOf(paths ...string) (total int64, err error) {
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

// defaultThreads is one a processor.
func defaultThreads() int { return runtime.NumCPU() }

func (c Config) caseStoreOptions(f folders) (casestore.Options, error) {
	address, err := c.CaseStore.address()
	return casestore.Options{
		Kind: c.CaseStore.Kind, Location: address, Connections: c.CaseStore.Connections,
		StatementTimeout: c.CaseStore.StatementTimeout, Memory: c.Engine.Memory, Threads: c.Engine.Threads, Spill: f.spill, Conventions: &c.Conventions,
	}, err
}

func (c Config) openEngine(ctx context.Context, spill string, allow ...string) (*sql.DB, error) {
	return sql.Open(ctx, sql.Options{Memory: c.Engine.Memory, Threads: c.Engine.Threads, Spill: spill, Allow: allow, Macros: c.decides.Macros})
}

// openAside opens an engine beside any run, with a spill folder of its own.
func (c Config) openAside(ctx context.Context, allow ...string) (*sql.DB, error) {
	return c.openEngine(ctx, "", allow...)
}

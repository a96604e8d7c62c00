package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"careshare/load/fault"
	"careshare/load/store"
	"careshare/load/strictyaml"
	"careshare/pipeline/exit"
	"careshare/transform/rules"
)

// Read reads and checks a configuration; every error names the file, the line and the key.
func Read(path string) (Config, error) {
	config := Default()
	data, err := ReadYAML(path, &config)
	if err != nil {
		return Config{}, err
	}
	config.resolve(filepath.Dir(path))
	if config.Decides, err = rules.Load(config.Rules); err != nil {
		return Config{}, exit.Usage(err)
	}
	if err := config.Validate(); err != nil {
		return Config{}, exit.Usage(strictyaml.AtLines(path, data, err))
	}
	return config, nil
}

// resolve makes paths absolute, from the configuration's own folder.
func (c *Config) resolve(base string) {
	if absolute, err := filepath.Abs(base); err == nil {
		base = absolute
	}
	c.resolveBucket()
	paths := []*string{&c.Lake, &c.Agreement, &c.Rules, &c.CaseStore.Location, &c.CaseStore.LocationFile, &c.CPIS.Folder, &c.CPIS.Outbox, &c.Trace.Folder, &c.Trace.Outbox, &c.OptOut.Folder, &c.Returns.Folder, &c.Witness.KeyFile, &c.Witness.Folder}
	for i := range c.Health {
		paths = append(paths, &c.Health[i].Folder)
		if server := c.Health[i].Server; server != nil {
			paths = append(paths, &server.KeyFile, &server.CAFile)
		}
	}
	for audience, key := range c.Pseudonyms {
		key.KeyFile = ResolvePath(base, key.KeyFile)
		c.Pseudonyms[audience] = key
	}
	for _, path := range paths {
		*path = ResolvePath(base, *path)
	}
	c.Delivery.paths(base)
	c.resolveMesh(base)
	c.PDS.KeyFile, c.PDS.CAFile = ResolvePath(base, c.PDS.KeyFile), ResolvePath(base, c.PDS.CAFile)
	if c.Engine.Threads == 0 {
		c.Engine.Threads = DefaultThreads()
	}
	if c.CaseStore.Connections == 0 {
		c.CaseStore.Connections = c.Engine.Threads + 1 // the server and this program keep each other waiting by turns
	}
}

// ReadYAML reads a configuration strictly.
func ReadYAML(path string, into any) ([]byte, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, exit.Usage(fault.WithHint(fmt.Errorf("read configuration: %w", err), "write one with careshare init, or name one with --config"))
	}
	if err != nil {
		return nil, exit.Usage(fmt.Errorf("read configuration: %w", err))
	}
	if err := strictyaml.Decode(path, data, into); err != nil {
		return nil, exit.Usage(err)
	}
	return data, nil
}

// ResolvePath is a path as a file in the folder base means it; empty stays empty.
func ResolvePath(base, path string) string {
	switch {
	case path == "":
		return ""
	case strings.HasPrefix(path, store.Scheme):
		return path // only a lake may be there: validateLake
	case filepath.IsAbs(path):
		return filepath.Clean(path)
	}
	return filepath.Join(base, path)
}

// Command notices prints the licences of every module in the program, and of Go itself, for those who pass the program on.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

func main() {
	if err := write(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "notices:", err)
		os.Exit(1)
	}
}

// module is one that the program contains.
type module struct {
	Path, Version, Dir string
	Main               bool
}

func write(w io.Writer) error {
	modules, err := contained()
	if err != nil {
		return err
	}
	charts, err := os.ReadFile("reports/THIRD-PARTY.md")
	if err != nil {
		return fmt.Errorf("read the notice of the charts: %w", err)
	}
	fmt.Fprintf(w, "careshare contains the works of others below. Their licences follow.\n\n%s\n", charts)
	for _, m := range modules {
		texts, err := licences(m.Dir)
		if err != nil {
			return fmt.Errorf("%s: %w", m.Path, err)
		}
		fmt.Fprintf(w, "%s\n%s %s\n%s\n", strings.Repeat("=", 80), m.Path, m.Version, texts)
	}
	return nil
}

// contained are the modules whose packages the program is built from, by path, and Go's own library.
func contained() ([]module, error) {
	list := exec.Command("go", "list", "-deps", "-json=Module", ".")
	list.Stderr = os.Stderr
	output, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("list the program's packages: %w", err)
	}
	byPath := map[string]module{}
	decoder := json.NewDecoder(strings.NewReader(string(output)))
	for {
		var p struct{ Module *module }
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("read go list: %w", err)
		}
		if p.Module != nil && !p.Module.Main {
			byPath[p.Module.Path] = *p.Module
		}
	}
	modules := []module{}
	for _, path := range slices.Sorted(maps.Keys(byPath)) {
		modules = append(modules, byPath[path])
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("find Go: %w", err)
	}
	return append(modules, module{Path: "Go", Version: runtime.Version(), Dir: strings.TrimSpace(string(root))}), nil
}

var licenceName = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents|unlicense)`)

// licences are the texts of a module's licence files, each after its name. A module without one is an error.
func licences(folder string) (string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return "", err
	}
	var texts strings.Builder
	for _, entry := range entries {
		if entry.IsDir() || !licenceName.MatchString(entry.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&texts, "\n--- %s\n\n%s\n", entry.Name(), text)
	}
	if texts.Len() == 0 {
		return "", errors.New("no licence file")
	}
	return texts.String(), nil
}

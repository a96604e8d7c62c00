package pipeline

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// rooms says which of our packages each room may import. Stages meet in the data, not in Go types.
var rooms = map[string][]string{
	"careshare":                     {"pipeline"},
	"careshare/pipeline":            {"pipeline", "extract", "transform", "load", "reports", "schedules", "sql"},
	"careshare/extract":             {"extract", "sql"},
	"careshare/transform":           {"transform", "sql"},
	"careshare/load":                {"load", "sql"},
	"careshare/reports":             {"reports", "sql"},
	"careshare/schedules":           {"schedules"},
	"careshare/sql":                 {},
	"careshare/schedules/packaging": {"pipeline"},
	"careshare/schedules/london":    {}, // every room may import it
}

// leaves are packages of one small meaning that every room may import: they import none of ours.
var leaves = []string{"careshare/extract/delimited", "careshare/sql/shown", "careshare/schedules/london"}

// floors are the packages within pipeline and load, from the top down: each imports only packages below it.
var floors = []string{
	"careshare/pipeline", "careshare/pipeline/docs", "careshare/pipeline/command", "careshare/pipeline/check", "careshare/pipeline/scheduling",
	"careshare/pipeline/flow", "careshare/pipeline/returns", "careshare/pipeline/reporting", "careshare/pipeline/review",
	"careshare/pipeline/fetch", "careshare/pipeline/linking", "careshare/pipeline/lookup", "careshare/pipeline/exchange",
	"careshare/pipeline/ruletest", "careshare/pipeline/borough", "careshare/pipeline/snapshot", "careshare/pipeline/spool",
	"careshare/pipeline/views", "careshare/pipeline/relations", "careshare/pipeline/config", "careshare/pipeline/console", "careshare/pipeline/scratch",
	"careshare/pipeline/exit",
	"careshare/load/lake", "careshare/load/agreement", "careshare/load/audit", "careshare/load/strictyaml",
	"careshare/load/store/storetest", "careshare/load/store", "careshare/load/disk",
	"careshare/load/fault",
}

// listed is what `go list -json` says of a package.
type listed struct {
	ImportPath string
	Imports    []string
}

func TestImportsRunOneWay(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			if reason := forbidden(p.ImportPath, imported); reason != "" {
				t.Error(reason)
			}
		}
	}
}

func TestAForbiddenImportIsSeen(t *testing.T) {
	t.Parallel()
	for importer, imported := range map[string]string{
		"careshare/transform":     "careshare/load",
		"careshare/extract/trace": "careshare/transform",
		"careshare/sql":           "careshare/extract",
		"careshare/newroom":       "careshare/sql",

		"careshare/pipeline/config":  "careshare/pipeline/flow",
		"careshare/pipeline/flow":    "careshare/pipeline/command",
		"careshare/pipeline/newroom": "careshare/pipeline/exit",
		"careshare/load/audit":       "careshare/load/lake",

		"careshare/extract/delimited": "careshare/sql",
	} {
		if forbidden(importer, imported) == "" {
			t.Errorf("%s importing %s was let through", importer, imported)
		}
	}
}

func TestNoPackageIsCalledAfterNothing(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		name := p.ImportPath[strings.LastIndex(p.ImportPath, "/")+1:]
		if slices.Contains([]string{"util", "utils", "common", "helpers", "types", "misc"}, name) {
			t.Errorf("package %s says nothing of its subject", p.ImportPath)
		}
	}
}

// registryHosts are the hosts of package registries. Each user's package client knows its own, which may be a mirror.
var registryHosts = regexp.MustCompile(`(?i)\b(repo1?|central|registry|files|proxy|sum|deb|archive|index|static|download)\.` +
	`(maven|sonatype|npmjs|yarnpkg|pythonhosted|golang|debian|ubuntu|crates|docker|rubygems)\.(org|io|com|net)\b` +
	`|\brepo\.maven\.apache\.org\b|\b(pypi|crates|docker|ghcr|quay)\.(org|io)\b`)

func TestNoFileNamesARegistryHost(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"repo1.maven" + ".org", "pypi" + ".org", "registry.npmjs" + ".org", "proxy.golang" + ".org", "deb.debian" + ".org"} {
		if !registryHosts.MatchString("fetch https://" + host + "/some/package") {
			t.Errorf("%s is not seen", host)
		}
	}
	listed, err := exec.Command("git", "-C", "..", "ls-files", "-z").Output()
	if err != nil {
		t.Fatal(err)
	}
	files := strings.Split(strings.Trim(string(listed), "\x00"), "\x00")
	if len(files) < 100 {
		t.Fatalf("git lists %d files", len(files))
	}
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(file)))
		if errors.Is(err, os.ErrNotExist) { // removed, not yet committed
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if host := registryHosts.Find(text); host != nil {
			t.Errorf("%s names the registry host %s: use the package client of its kind", file, host)
		}
	}
}

// forbidden says why an import is not allowed, or nothing.
func forbidden(importer, imported string) string {
	if imported != "careshare" && !strings.HasPrefix(imported, "careshare/") {
		return ""
	}
	if slices.Contains(leaves, imported) {
		return ""
	}
	if slices.Contains(leaves, importer) {
		return importer + " must import none of ours"
	}
	room := roomOf(importer)
	allowed, known := rooms[room]
	if !known {
		return importer + " lies in no room of the house"
	}
	if roomOf(importer) == roomOf(imported) {
		return upward(floors, importer, imported)
	}
	if imported == "careshare/schedules/london" || slices.Contains(allowed, strings.TrimPrefix(roomOf(imported), "careshare/")) {
		return ""
	}
	return importer + " must not import " + imported
}

// upward says why a reference is not allowed where the order is from the top down, or nothing.
func upward(order []string, from, to string) string {
	above, below := slices.Index(order, from), slices.Index(order, to)
	switch {
	case above < 0 && below < 0: // a room without floors
		return ""
	case above < 0 || below < 0:
		return from + " or " + to + " has no place in the order of house_test.go"
	case above >= below:
		return from + " must not refer to " + to + ", which is above it"
	}
	return ""
}

// roomOf is the top-level package that a package lies in.
func roomOf(path string) string {
	if packaging := "careshare/schedules/packaging"; strings.HasPrefix(path, packaging) {
		return packaging // it is about the program as a whole
	}
	parts := strings.SplitN(path, "/", 3)
	if len(parts) == 1 {
		return path
	}
	return parts[0] + "/" + parts[1]
}

func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "careshare/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []listed
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

package pipeline

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// flowFiles are the files of the flow, from the top down: each refers only to files below it.
var flowFiles = []string{
	"run.go", "plan.go", "return_again.go", "report.go", "summary.go", "share.go", "decide.go", "gather.go", "earlier.go",
	"link_people.go", "link_memory.go", "ask.go", "safeguards.go", "row_loss.go", "sources.go", "deliver.go", "pseudonyms.go",
	"releases.go", "job.go", "steps.go", "version.go",
}

// mostReferences is how many pairs of files of the flow may refer one to the other.
const mostReferences = 150

// fileReference is one file that names something which another file of its package declares.
type fileReference struct{ from, to string }

func TestTheFlowsFilesReferDownwards(t *testing.T) {
	t.Parallel()
	files, references := referencesIn(t, "careshare/pipeline/flow")
	for _, file := range files {
		if !slices.Contains(flowFiles, file) {
			t.Errorf("%s has no place in flowFiles", file)
		}
	}
	for _, reason := range upwardIn(references) {
		t.Error(reason)
	}
	t.Logf("%d files, %d references", len(files), len(references))
	if len(references) > mostReferences {
		t.Errorf("%d references between the flow's files, at most %d", len(references), mostReferences)
	}
}

// A file at the bottom that named one at the top would be found.
func TestAReferenceUpwardsIsSeen(t *testing.T) {
	t.Parallel()
	if upwardIn(map[fileReference]bool{{"run.go", "job.go"}: true}) != nil {
		t.Error("a reference downwards is refused")
	}
	for _, planted := range []fileReference{{"job.go", "run.go"}, {"sources.go", "gather.go"}, {"new.go", "job.go"}} {
		if upwardIn(map[fileReference]bool{planted: true}) == nil {
			t.Errorf("%s refers to %s and is not refused", planted.from, planted.to)
		}
	}
}

// The counter itself: of three files, a names what b declares and b a method of c's.
func TestReferencesAreCounted(t *testing.T) {
	t.Parallel()
	sources := map[string]string{
		"a.go": "package p\nfunc A() int { return B(C{}) }",
		"b.go": "package p\nfunc B(c C) int { local := c.Field; return local }",
		"c.go": "package p\ntype C struct{ Field int }",
	}
	set := token.NewFileSet()
	var parsed []*ast.File
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		file, err := parser.ParseFile(set, name, sources[name], 0)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, file)
	}
	got, err := referencesOf(set, parsed, "p", nil)
	want := map[fileReference]bool{{"a.go", "b.go"}: true, {"a.go", "c.go"}: true, {"b.go", "c.go"}: true}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
}

func upwardIn(references map[fileReference]bool) (reasons []string) {
	for r := range references {
		if reason := upward(flowFiles, r.from, r.to); reason != "" {
			reasons = append(reasons, reason)
		}
	}
	return reasons
}

// referencesIn reads a package as the compiler does, from the export data of what it imports.
func referencesIn(t *testing.T, path string) (files []string, references map[fileReference]bool) {
	t.Helper()
	out, err := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Export,Dir,GoFiles", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	exported := map[string]string{}
	set := token.NewFileSet()
	var parsed []*ast.File
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath, Export, Dir string
			GoFiles                 []string
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		exported[p.ImportPath] = p.Export
		if p.ImportPath != path {
			continue
		}
		files = p.GoFiles
		for _, name := range p.GoFiles {
			file, err := parser.ParseFile(set, filepath.Join(p.Dir, name), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			parsed = append(parsed, file)
		}
	}
	from := importer.ForCompiler(set, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exported[path]) })
	if references, err = referencesOf(set, parsed, path, from); err != nil {
		t.Fatal(err)
	}
	return files, references
}

// referencesOf are the pairs of files of which the first names a declaration, a field or a method of the second.
func referencesOf(set *token.FileSet, files []*ast.File, path string, from types.Importer) (map[fileReference]bool, error) {
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	checker := types.Config{Importer: from}
	pkg, err := checker.Check(path, set, files, info)
	if err != nil {
		return nil, err
	}
	fileOf := func(p token.Pos) string { return filepath.Base(set.Position(p).Filename) }
	references := map[fileReference]bool{}
	for name, object := range info.Uses {
		if object.Pkg() != pkg || object.Parent() != nil && object.Parent() != pkg.Scope() {
			continue // of another package, or local
		}
		if r := (fileReference{fileOf(name.Pos()), fileOf(object.Pos())}); r.from != r.to {
			references[r] = true
		}
	}
	return references, nil
}

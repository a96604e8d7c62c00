package transform

import (
	"context"
	dbsql "database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	_ "github.com/duckdb/duckdb-go/v2" // the parser that says what a query reads
)

// folders are where models lie, in the order in which care is decided; a folder that is not there holds none.
// A pattern stands for each folder that it fits.
var folders = []string{"staging", "resolve", "scope", "consent", "cpis", "returns", "returns/*", "share", "bi", "figures", "checks"}

// Load reads every model and check, proves each header against its query, and orders the tables by what they
// read. Errors name the model.
func Load(fsys fs.FS) (Models, error) {
	models, err := readModels(fsys)
	if err != nil {
		return Models{}, err
	}
	if err := proveMacros(fsys); err != nil {
		return Models{}, fmt.Errorf("load macros.sql: %w", err)
	}
	datasets, err := readDatasets(fsys)
	if err != nil {
		return Models{}, err
	}
	if models, err = models.register(datasets); err != nil {
		return Models{}, err
	}
	if err := models.proveReads(); err != nil {
		return Models{}, err
	}
	if err := models.holdContracts(datasets); err != nil {
		return Models{}, err
	}
	if err := models.agree(); err != nil {
		return Models{}, fmt.Errorf("load models: %w", err)
	}
	models.Tables, err = order(models.Tables)
	return models, err
}

// IsModelFolder reports whether models, their contracts and lists belong into a folder.
func IsModelFolder(folder string) bool {
	return slices.ContainsFunc(folders, func(pattern string) bool {
		fits, err := path.Match(pattern, folder)
		return err == nil && fits
	})
}

func readModels(fsys fs.FS) (models Models, err error) {
	for _, folder := range folders {
		files, err := fs.Glob(fsys, path.Join(folder, "*.sql"))
		if err != nil {
			return Models{}, fmt.Errorf("load models: %w", err)
		}
		for _, file := range files {
			model, err := readModel(fsys, path.Dir(file), file)
			if err != nil {
				return Models{}, fmt.Errorf("load %s: %w", file, err)
			}
			if folder == "checks" {
				models.Checks = append(models.Checks, model)
			} else {
				models.Tables = append(models.Tables, model)
			}
		}
	}
	return models, nil
}

func readModel(fsys fs.FS, folder, file string) (Model, error) {
	text, err := fs.ReadFile(fsys, file)
	if err != nil {
		return Model{}, err
	}
	return parseModel(folder, strings.TrimSuffix(path.Base(file), ".sql"), string(text))
}

// proveReads holds each header to what its query reads, several at a time.
func (m Models) proveReads() error {
	db, err := dbsql.Open("duckdb", "")
	if err != nil {
		return fmt.Errorf("load models: %w", err)
	}
	defer db.Close()
	parse, err := db.Prepare("select json_serialize_sql(?::varchar)::varchar")
	if err != nil {
		return fmt.Errorf("load models: %w", err)
	}
	defer parse.Close()
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range len(m.Tables) + len(m.Checks) {
		model := m.at(i)
		group.Go(func() error {
			if err := model.proveReads(parse); err != nil {
				return fmt.Errorf("load %s/%s.sql: %w", model.Folder, model.Name, err)
			}
			return nil
		})
	}
	return group.Wait()
}

// at counts the tables first, then the checks.
func (m Models) at(i int) *Model {
	if i < len(m.Tables) {
		return &m.Tables[i]
	}
	return &m.Checks[i-len(m.Tables)]
}

func (m *Model) proveReads(parse *dbsql.Stmt) error {
	reads, columns, err := queryReads(context.Background(), parse, m.Query)
	if err != nil {
		return err
	}
	m.Columns = columns
	if !slices.Equal(reads, m.Reads) {
		return fmt.Errorf("header: reads says [%s], the query reads [%s]", strings.Join(m.Reads, ", "), strings.Join(reads, ", "))
	}
	return nil
}

// agree holds the models against each other: one name each, one place each, and no reading of what is not there.
func (m Models) agree() error {
	names, places := map[string]string{}, map[string]string{}
	for _, model := range slices.Concat(m.Tables, m.Checks) {
		if other, taken := names[model.Name]; taken {
			return fmt.Errorf("%s is in %s and in %s", model.Name, other, model.Folder)
		}
		names[model.Name] = model.Folder
		if model.Dataset == "" {
			continue
		}
		place := model.Audience + "/" + model.Dataset
		if other, taken := places[place]; taken {
			return fmt.Errorf("%s and %s both publish to %s", other, model.Name, place)
		}
		places[place] = model.Name
	}
	for _, model := range slices.Concat(m.Tables, m.Checks) {
		for _, read := range model.Reads {
			if folder := names[read]; readsModel(read) && (folder == "" || folder == "checks") {
				return fmt.Errorf("%s reads unknown model %s", model.Name, read)
			}
		}
	}
	return nil
}

// order puts every model after what it reads, and otherwise keeps the order of the folders.
func order(models []Model) ([]Model, error) {
	var ordered []Model
	made := map[string]bool{}
	for len(ordered) < len(models) {
		before := len(ordered)
		for _, model := range models {
			if !made[model.Name] && readable(model, made) {
				made[model.Name] = true
				ordered = append(ordered, model)
			}
		}
		if len(ordered) == before {
			return nil, errors.New("load models: these read each other in a circle, or read one that does: " + unmade(models, made))
		}
	}
	return ordered, nil
}

func readable(model Model, made map[string]bool) bool {
	return !slices.ContainsFunc(model.Reads, func(read string) bool { return readsModel(read) && !made[read] })
}

func unmade(models []Model, made map[string]bool) string {
	var names []string
	for _, model := range models {
		if !made[model.Name] {
			names = append(names, model.Name)
		}
	}
	return strings.Join(names, ", ")
}

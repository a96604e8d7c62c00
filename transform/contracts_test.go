package transform

import (
	"context"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"careshare/sql"
)

type contract struct {
	Name    string
	Grain   []string
	Columns []struct {
		Name, Type, Meaning string
		Nullable            bool
	}
}

// TestContracts makes every model on empty sources and holds the published ones against their contracts.
func TestContracts(t *testing.T) {
	models, err := Load(sql.Files)
	if err != nil {
		t.Fatal(err)
	}
	db := emptySources(t)
	result, err := Run(context.Background(), db, models)
	if err != nil {
		t.Fatal(err)
	}
	if blocked := result.Blocked(); len(blocked) > 0 {
		t.Errorf("empty sources are blocked by %+v", blocked)
	}
	contracts := readContracts(t)
	for _, model := range models.Published() {
		promised, found := contracts[model.Folder+"/"+model.Dataset+".yaml"]
		if !found {
			t.Errorf("%s is published without a contract", model.Dataset)
			continue
		}
		delete(contracts, model.Folder+"/"+model.Dataset+".yaml")
		if model.Name != model.Dataset || promised.Name != model.Dataset || !slices.Equal(promised.Grain, model.Grain) {
			t.Errorf("%s: the contract says %s by %v, the model %s by %v", model.Dataset, promised.Name, promised.Grain, model.Name, model.Grain)
		}
		if got, want := made(t, db, model.Name), promised.columns(t); !slices.Equal(got, want) {
			t.Errorf("%s: the contract says %v, the model makes %v", model.Dataset, want, got)
		}
	}
	for file := range contracts {
		t.Errorf("%s: no model publishes it", file)
	}
}

func readContracts(t *testing.T) map[string]contract {
	t.Helper()
	var files []string
	for _, pattern := range []string{"*/*.yaml", "returns/*/*.yaml"} {
		found, err := fs.Glob(sql.Files, pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	contracts := map[string]contract{}
	for _, file := range files {
		text, err := sql.Files.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var c contract
		if err := yaml.Unmarshal(text, &c); err != nil {
			t.Fatalf("%s: %v", path.Base(file), err)
		}
		contracts[file] = c
	}
	return contracts
}

// columns are the promised columns as `name TYPE`, each of which must say what it means.
func (c contract) columns(t *testing.T) []string {
	t.Helper()
	var columns []string
	for _, column := range c.Columns {
		if !strings.HasSuffix(column.Meaning, ".") {
			t.Errorf("%s.%s: its meaning is no sentence", c.Name, column.Name)
		}
		columns = append(columns, column.Name+" "+column.Type)
	}
	return columns
}

func made(t *testing.T, db *sql.DB, table string) []string {
	t.Helper()
	rows, err := db.Query(`select column_name || ' ' || data_type from information_schema.columns
		where table_schema = 'main' and table_name = ? order by ordinal_position`, table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var columns []string
	for rows.Next() {
		var column string
		if err := rows.Scan(&column); err != nil {
			t.Fatal(err)
		}
		columns = append(columns, column)
	}
	return columns
}

// emptySources makes each source table without rows.
func emptySources(t *testing.T) *sql.DB {
	t.Helper()
	contract, err := os.Open("../extract/casestore/contract.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer contract.Close()
	statements, err := sql.EmptySources(sql.Files, contract)
	if err != nil {
		t.Fatal(err)
	}
	db := open(t)
	if _, err := db.Exec(statements); err != nil {
		t.Fatal(err)
	}
	return db
}

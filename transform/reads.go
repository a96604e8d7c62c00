package transform

import (
	"context"
	dbsql "database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"careshare/sql"
)

// rowMakers are the only functions a query may select from: they read nothing.
var rowMakers = []string{"unnest", "generate_series", "range"}

// restless are the functions that answer differently each time: a run must give the same bytes again.
var restless = []string{
	"now", "today", "current_date", "current_time", "current_timestamp", "get_current_time", "get_current_timestamp",
	"current_localtime", "current_localtimestamp", "localtime", "localtimestamp", "transaction_timestamp",
	"random", "setseed", "uuid", "uuidv4", "uuidv7", "gen_random_uuid", "nextval", "getvariable",
}

// queryReads asks DuckDB's own parser (select json_serialize_sql) which relations a query reads: models by name, sources as schema.table,
// sorted, without the query's own CTEs. It refuses what is no single select, what reads a file or a setting,
// and what does not give the same answer twice.
//
// It also returns the names of the columns that the query returns, in their order; none where it selects everything (*).
func queryReads(ctx context.Context, parse *dbsql.Stmt, query string) (reads, columns []string, err error) {
	var text string
	if err := parse.QueryRowContext(ctx, query).Scan(&text); err != nil {
		return nil, nil, sql.WithoutValues(err)
	}
	var parsed struct {
		Error      bool   `json:"error"`
		Message    string `json:"error_message"`
		Statements []any  `json:"statements"`
	}
	if err := json.Unmarshal([]byte(text), &parsed); err != nil {
		return nil, nil, fmt.Errorf("parse: %w", err)
	}
	if parsed.Error {
		return nil, nil, errors.New("parse: " + parsed.Message)
	}
	if len(parsed.Statements) != 1 {
		return nil, nil, fmt.Errorf("parse: %d statements in one model", len(parsed.Statements))
	}
	w := walker{reads: map[string]bool{}}
	w.walk(parsed.Statements[0], nil)
	return slices.Sorted(maps.Keys(w.reads)), returned(parsed.Statements[0]), w.err
}

// returned are the columns of a serialised query; of a union those of its first part.
func returned(node any) []string {
	switch node := node.(type) {
	case []any:
		if len(node) > 0 {
			return returned(node[0])
		}
	case map[string]any:
		if list, isSelect := node["select_list"].([]any); isSelect {
			return named(list)
		}
		for _, inner := range []string{"node", "left", "child", "children"} {
			if node[inner] != nil {
				return returned(node[inner])
			}
		}
	}
	return nil
}

// named are the names of a select list; none where one column has no name, or stands for several.
func named(list []any) (names []string) {
	for _, item := range list {
		item, _ := item.(map[string]any)
		name := word(item, "alias")
		if path, _ := item["column_names"].([]any); name == "" && len(path) > 0 {
			last, _ := path[len(path)-1].(string)
			name = strings.ToLower(last)
		}
		if name == "" {
			return nil
		}
		names = append(names, name)
	}
	return names
}

// walker collects the relations of a serialised query.
type walker struct {
	reads map[string]bool
	err   error // the first thing that a model may not do
}

// walk descends; ctes are the names that the queries around this place have defined.
func (w *walker) walk(node any, ctes []string) {
	switch node := node.(type) {
	case []any:
		for _, child := range node {
			w.walk(child, ctes)
		}
	case map[string]any:
		w.note(node, ctes)
		ctes = w.define(node, ctes)
		for key, child := range node {
			if key != "cte_map" {
				w.walk(child, ctes)
			}
		}
	}
}

// define walks a query's CTEs, each of which sees those before it, and returns the names that hold inside the query.
func (w *walker) define(node map[string]any, ctes []string) []string {
	ctes = slices.Clone(ctes)
	if name := word(node, "cte_name"); node["type"] == "RECURSIVE_CTE_NODE" && name != "" {
		ctes = append(ctes, name)
	}
	named, _ := node["cte_map"].(map[string]any)
	entries, _ := named["map"].([]any)
	for _, entry := range entries {
		entry, _ := entry.(map[string]any)
		w.walk(entry["value"], ctes)
		ctes = append(ctes, word(entry, "key"))
	}
	return ctes
}

func (w *walker) note(node map[string]any, ctes []string) {
	switch node["type"] {
	case "BASE_TABLE":
		schema, table := word(node, "schema_name"), word(node, "table_name")
		switch {
		case word(node, "catalog_name") != "":
			w.refuse("reads from another database: " + table)
		case schema != "":
			w.reads[schema+"."+table] = true
		case !slices.Contains(ctes, table):
			w.reads[table] = true
		}
	case "TABLE_FUNCTION":
		function, _ := node["function"].(map[string]any)
		if name := word(function, "function_name"); !slices.Contains(rowMakers, name) {
			w.refuse("selects from the function " + name)
		}
	case "FUNCTION":
		w.refuseRestless(word(node, "function_name"))
	case "COLUMN_REF":
		if names, _ := node["column_names"].([]any); len(names) == 1 {
			name, _ := names[0].(string)
			w.refuseRestless(strings.ToLower(name))
		}
	}
}

func (w *walker) refuseRestless(name string) {
	if slices.Contains(restless, name) {
		w.refuse(name + " answers differently each time; read config.settings")
	}
}

func (w *walker) refuse(why string) {
	if w.err == nil {
		w.err = errors.New(why)
	}
}

// word is a text of the node, in lower case: identifiers are not told apart by case.
func word(node map[string]any, key string) string {
	text, _ := node[key].(string)
	return strings.ToLower(text)
}

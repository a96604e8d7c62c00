// Package fhir writes published datasets as a FHIR R4 bulk export with UK Core profiles.
//
// What becomes of each row is SQL: sql/fhir has one mapping a file, whose columns are the elements of a resource.
// Sources: HL7 FHIR R4 (4.0.1), UK Core R4 STU2, HL7 Bulk Data Access 3.0.0 (manifest, "deleted").
package fhir

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"careshare/reports"
	"careshare/sql"
)

// Options say what to export and as whose.
type Options struct {
	AsAt        time.Time // of the snapshot
	CouncilName string
	CouncilCode string   // ODS code
	Labels      []Label  // meta.security of every resource; none: DefaultLabels
	Datasets    []string // those that the snapshot publishes; a mapping of another one is left out
	Request     string   // the command that makes the export again, for the manifest
	Previous    string   // folder of the export before; empty: there is none
	To          string   // folder, which exists
}

// Label is one security label.
type Label struct{ System, Code string }

// DefaultLabels say that a resource has normal confidentiality and is for the person's care alone.
func DefaultLabels() []Label {
	return []Label{
		{"http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "N"},
		{"http://terminology.hl7.org/CodeSystem/v3-ActReason", "TREAT"},
	}
}

// File is one file of the export.
type File struct {
	Type  string `json:"type"`
	URL   string `json:"url"` // the file's name: an export on disk has no address
	Count int64  `json:"count"`
}

// Manifest is the export's own list of files (Bulk Data Access, "Response - Complete Status").
type Manifest struct {
	TransactionTime     time.Time `json:"transactionTime"`
	Request             string    `json:"request"`
	RequiresAccessToken bool      `json:"requiresAccessToken"`
	Output              []File    `json:"output"`
	Deleted             []File    `json:"deleted"`
	Error               []File    `json:"error"`
}

// ManifestName is the name of the manifest's file.
const ManifestName = "manifest.json"

const deletedName = "deleted.ndjson"

// Rows counts the resources, or parts of one, that a dataset's rows became.
type Rows map[string]int64

// mapping is one file of sql/fhir.
type mapping struct {
	resource, dataset, query string
	countsParts              bool // one participant a row, and not one resource
}

// Write writes the export. rows has, by dataset, how many rows its resources hold, so that the caller can compare them
// with what the dataset has.
func Write(ctx context.Context, db *sql.DB, rules fs.FS, o Options) (rows Rows, err error) {
	mappings, err := readMappings(rules)
	if err != nil {
		return nil, err
	}
	if err := o.tables(ctx, db); err != nil {
		return nil, fmt.Errorf("write FHIR export: %w", err)
	}
	defer func() { err = errors.Join(err, drop(ctx, db)) }()
	e := &export{o: o, db: db, rows: Rows{}, ids: map[string]bool{}}
	manifest := Manifest{TransactionTime: o.AsAt.UTC(), Request: o.Request, Deleted: []File{}, Error: []File{}}
	for _, group := range byResource(mappings) {
		file, err := e.write(ctx, group)
		if err != nil {
			return nil, fmt.Errorf("write FHIR export: %s: %w", group[0].resource, err)
		}
		if file.Count > 0 {
			manifest.Output = append(manifest.Output, file)
		}
	}
	if manifest.Deleted, err = e.deleted(); err != nil {
		return nil, fmt.Errorf("write FHIR export: %s: %w", deletedName, err)
	}
	text, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write FHIR export: %w", err)
	}
	return e.rows, reports.WriteFile(filepath.Join(o.To, ManifestName), func(w io.Writer) error { _, err := w.Write(append(text, '\n')); return err })
}

// tables gives the mappings what is no dataset: the council, the moment and the labels.
func (o Options) tables(ctx context.Context, db *sql.DB) error {
	labels := o.Labels
	if len(labels) == 0 {
		labels = DefaultLabels()
	}
	list, args := make([]string, len(labels)), []any{o.CouncilName, o.CouncilCode, o.AsAt.UTC().Format(time.RFC3339)}
	for i, label := range labels {
		list[i] = "{'system': ?::varchar, 'code': ?::varchar}"
		args = append(args, label.System, label.Code)
	}
	_, err := db.ExecContext(ctx, "create or replace table fhir_export as select ?::varchar as council_name, ?::varchar as council_code, ?::varchar as recorded_at, ["+
		strings.Join(list, ", ")+"] as labels", args...)
	if err == nil {
		_, err = db.ExecContext(ctx, "create or replace table fhir_datasets (dataset varchar)")
	}
	for _, dataset := range o.Datasets {
		if err == nil {
			_, err = db.ExecContext(ctx, "insert into fhir_datasets values (?)", dataset)
		}
	}
	return err
}

func drop(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(context.WithoutCancel(ctx), "drop table if exists fhir_export; drop table if exists fhir_datasets")
	return err
}

var heading = regexp.MustCompile(`(?m)^-- (resource|dataset|grain): (.+)$`)

// readMappings reads fhir/*.sql.
func readMappings(rules fs.FS) (mappings []mapping, err error) {
	files, err := fs.Glob(rules, "fhir/*.sql")
	if err != nil {
		return nil, fmt.Errorf("read FHIR mappings: %w", err)
	}
	if len(files) == 0 {
		return nil, errors.New("read FHIR mappings: the folder fhir of the rules has none")
	}
	for _, file := range files {
		text, err := fs.ReadFile(rules, file)
		if err != nil {
			return nil, fmt.Errorf("read FHIR mappings: %w", err)
		}
		m := mapping{query: string(text)}
		for _, line := range heading.FindAllStringSubmatch(m.query, -1) {
			switch line[1] {
			case "resource":
				m.resource = line[2]
			case "dataset":
				m.dataset = line[2]
			case "grain":
				m.countsParts = strings.Contains(line[2], "participant a row")
			}
		}
		if m.resource == "" || m.dataset == "" {
			return nil, fmt.Errorf("read FHIR mappings: %s: the header must name a resource and a dataset", path.Base(file))
		}
		mappings = append(mappings, m)
	}
	return mappings, nil
}

func byResource(mappings []mapping) (groups [][]mapping) {
	for _, m := range mappings {
		i := slices.IndexFunc(groups, func(g []mapping) bool { return g[0].resource == m.resource })
		if i < 0 {
			groups = append(groups, nil)
			i = len(groups) - 1
		}
		groups[i] = append(groups[i], m)
	}
	return groups
}

// export is one export being written.
type export struct {
	o    Options
	db   *sql.DB
	rows Rows
	ids  map[string]bool // type/id of what it holds
}

// write writes the resources of one type, by id.
func (e *export) write(ctx context.Context, group []mapping) (File, error) {
	file := File{Type: group[0].resource, URL: group[0].resource + ".ndjson"}
	err := reports.WriteFile(filepath.Join(e.o.To, file.URL), func(w io.Writer) error {
		for _, m := range group {
			if !slices.Contains(e.o.Datasets, m.dataset) {
				continue
			}
			count, err := e.resources(ctx, m, w)
			if err != nil {
				return err
			}
			file.Count += count
		}
		return nil
	})
	if err == nil && file.Count == 0 {
		err = os.Remove(filepath.Join(e.o.To, file.URL))
	}
	return file, err
}

func (e *export) resources(ctx context.Context, m mapping, w io.Writer) (count int64, err error) {
	for row, err := range sql.Texts(ctx, e.db, "with resources as ("+m.query+") select id, cast(to_json(resources) as varchar) from resources order by id") {
		if err != nil {
			return count, err
		}
		line, parts, err := resource(row[1])
		if err != nil {
			return count, err
		}
		key := m.resource + "/" + strings.Clone(row[0])
		if !validID.MatchString(row[0]) || e.ids[key] {
			return count, errors.New("an id is there twice, or is not one that FHIR allows")
		}
		e.ids[key] = true
		if _, err := w.Write(line); err != nil {
			return count, err
		}
		count++
		if m.countsParts {
			e.rows[m.dataset] += parts
		} else if isRowAResource(m.resource) {
			e.rows[m.dataset]++
		}
	}
	return count, nil
}

// isRowAResource excludes the types that are made from other datasets' rows: organisations, workers, and what proves.
func isRowAResource(resource string) bool {
	return resource != "Organization" && resource != "PractitionerRole" && resource != "Provenance"
}

// validID is FHIR's type id.
var validID = regexp.MustCompile(`^[A-Za-z0-9.-]{1,64}$`)

// resource drops nulls, which FHIR's JSON does not have, and counts participants.
func resource(text string) (line []byte, participants int64, err error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value map[string]any
	if err := decoder.Decode(&value); err != nil {
		return nil, 0, errors.New("a mapping's row is not JSON")
	}
	if list, is := value["participant"].([]any); is {
		participants = int64(len(list))
	}
	pruned := prune(value)
	var out bytes.Buffer
	encoder := json.NewEncoder(&out) // sorts keys: the same rows give the same bytes
	encoder.SetEscapeHTML(false)
	err = encoder.Encode(pruned)
	return out.Bytes(), participants, err
}

// prune is a value without nulls and without what they leave empty; nil where nothing is left.
func prune(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			if inner = prune(inner); inner == nil {
				delete(v, key)
			} else {
				v[key] = inner
			}
		}
		if len(v) == 0 {
			return nil
		}
	case []any:
		kept := v[:0]
		for _, inner := range v {
			if inner = prune(inner); inner != nil {
				kept = append(kept, inner)
			}
		}
		if len(kept) == 0 {
			return nil
		}
		return kept
	case string:
		if v == "" {
			return nil
		}
	}
	return value
}

// deleted lists what the export before held and this one does not: a transaction of deletions (Bulk Data Access, "deleted").
func (e *export) deleted() ([]File, error) {
	if e.o.Previous == "" {
		return []File{}, nil
	}
	before, err := resourceIDs(e.o.Previous)
	if err != nil {
		return nil, err
	}
	before = slices.DeleteFunc(before, func(id string) bool { return e.ids[id] })
	if len(before) == 0 {
		return []File{}, nil
	}
	slices.Sort(before)
	type request struct {
		Method string `json:"method"`
		URL    string `json:"url"`
	}
	type entry struct {
		Request request `json:"request"`
	}
	bundle := struct {
		ResourceType string  `json:"resourceType"`
		Type         string  `json:"type"`
		Entry        []entry `json:"entry"`
	}{"Bundle", "transaction", nil}
	for _, id := range before {
		bundle.Entry = append(bundle.Entry, entry{request{"DELETE", id}})
	}
	err = reports.WriteFile(filepath.Join(e.o.To, deletedName), func(w io.Writer) error { return json.NewEncoder(w).Encode(bundle) })
	return []File{{"Bundle", deletedName, int64(len(before))}}, err
}

// resourceIDs lists type/id of every resource of an export.
func resourceIDs(folder string) (ids []string, err error) {
	text, err := os.ReadFile(filepath.Join(folder, ManifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // that snapshot had no export
	}
	if err != nil {
		return nil, err
	}
	var manifest Manifest
	if err := json.Unmarshal(text, &manifest); err != nil {
		return nil, errors.New("the manifest of the export before cannot be read")
	}
	for _, output := range manifest.Output {
		found, err := idsOf(filepath.Join(folder, filepath.Base(output.URL)))
		if err != nil {
			return nil, err
		}
		ids = append(ids, found...)
	}
	return ids, nil
}

func idsOf(path string) (ids []string, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	decoder := json.NewDecoder(bufio.NewReader(file))
	for {
		var r struct {
			ResourceType string `json:"resourceType"`
			ID           string `json:"id"`
		}
		if err := decoder.Decode(&r); errors.Is(err, io.EOF) {
			return ids, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s of the export before cannot be read", filepath.Base(path))
		}
		ids = append(ids, r.ResourceType+"/"+r.ID)
	}
}

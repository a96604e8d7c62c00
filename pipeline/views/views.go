// Package views reads SQL-on-FHIR views and flattens FHIR NDJSON by them.
package views

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"text/tabwriter"

	"careshare/extract/fhir"
	"careshare/load/fault"
	"careshare/pipeline/exit"
	"careshare/reports"
	"careshare/transform/rules"
)

// Views are ViewDefinitions as they were understood.
type Views struct {
	Views []ViewShown `json:"views"`
	One   bool        `json:"-"` // shown whole
}

// ViewShown is one view: what it flattens, into which columns, by which SQL.
type ViewShown struct {
	Name     string        `json:"name"`
	Resource string        `json:"resource"`
	Columns  []fhir.Column `json:"columns"`
	SQL      string        `json:"sql"`
}

func (v Views) Text(w io.Writer) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	defer table.Flush()
	for _, view := range v.Views {
		if !v.One {
			fmt.Fprintf(table, "%s\t%s\t%s\n", view.Name, view.Resource, reports.Counted(len(view.Columns), "column"))
			continue
		}
		fmt.Fprintf(table, "%s flattens %s\n\n", view.Name, view.Resource)
		for _, column := range view.Columns {
			fmt.Fprintf(table, "%s\t%s\t%s\n", column.Name, column.Type, column.Path)
		}
		fmt.Fprintf(table, "\n%s\n", view.SQL)
	}
}

// Show is a view as it is printed.
func Show(v fhir.View) ViewShown {
	return ViewShown{Name: v.Name, Resource: v.Resource, Columns: v.Columns(), SQL: v.SQL([]string{v.Resource + ".ndjson"})}
}

// OpenView is a view of the rules by its name, or another by its file.
func OpenView(decides func() (rules.Rules, error), nameOrFile string) (fhir.View, error) {
	if !strings.HasSuffix(nameOrFile, ".json") {
		known, err := decides()
		if err != nil {
			return fhir.View{}, err
		}
		content, err := fs.ReadFile(known, "views/"+nameOrFile+".json")
		if err != nil {
			return fhir.View{}, exit.Usage(fault.WithHint(fmt.Errorf("unknown view %s", nameOrFile), "careshare views lists them; a file of your own ends in .json"))
		}
		return fhir.ParseView(content)
	}
	content, err := os.ReadFile(nameOrFile)
	if err != nil {
		return fhir.View{}, exit.Usage(err)
	}
	view, err := fhir.ParseView(content)
	if err != nil {
		return fhir.View{}, exit.Usage(fmt.Errorf("%s: %w", nameOrFile, err))
	}
	return view, nil
}

// ReadViews reads the ViewDefinitions of a set of rules.
func ReadViews(rules fs.FS) ([]fhir.View, error) {
	files, err := fs.Glob(rules, "views/*.json")
	if err != nil {
		return nil, err
	}
	var shipped []fhir.View
	for _, file := range files {
		content, err := fs.ReadFile(rules, file)
		if err != nil {
			return nil, err
		}
		view, err := fhir.ParseView(content)
		if err != nil {
			return nil, fmt.Errorf("view %s: %w", file, err)
		}
		shipped = append(shipped, view)
	}
	return shipped, nil
}

// Package ruletest runs the unit cases of the models.
package ruletest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"careshare/extract/casestore"
	"careshare/load/agreement"
	"careshare/load/fault"
	"careshare/pipeline/exit"
	"careshare/pipeline/views"
	"careshare/sql"
	"careshare/transform/cases"
	"careshare/transform/rules"

	"golang.org/x/sync/errgroup"
)

// tested is what the unit cases found.
type tested struct {
	Models int          `json:"models"`
	Cases  int          `json:"cases"`
	Failed []failedCase `json:"failed"`
}

type failedCase struct {
	Model string `json:"model"`
	Case  string `json:"case"`
	Words string `json:"words"` // rows that differ, - expected, + returned
}

func (t tested) Text(w io.Writer) {
	for _, f := range t.Failed {
		fmt.Fprintf(w, "FAIL %s/%s (- expected, + returned)\n%s\n", f.Model, f.Case, f.Words)
	}
	fmt.Fprintf(w, "%d cases of %d models: %d failed\n", t.Cases, t.Models, len(t.Failed))
}

// Run runs the cases of some models; of all where none is named.
func Run(ctx context.Context, decides rules.Rules, models []string) (tested, error) {
	documents, err := cases.Read(decides.Cases, "tests")
	if err != nil {
		return tested{}, err
	}
	for _, model := range models {
		if !slices.ContainsFunc(documents, func(d cases.Document) bool { return d.Model == model }) {
			return tested{}, exit.Usage(fault.WithHint(fmt.Errorf("test: no cases of %s", model), "cases are in tests/"+model+".txtar"))
		}
	}
	suite, err := openSuite(ctx, decides)
	if err != nil {
		return tested{}, err
	}
	found := tested{Failed: []failedCase{}}
	results := map[string]*string{}
	var group errgroup.Group
	group.SetLimit(sql.AtATime)
	for _, d := range documents {
		if len(models) > 0 && !slices.Contains(models, d.Model) {
			continue
		}
		found.Models++
		for _, c := range d.Cases {
			found.Cases++
			words := new(string)
			results[d.Model+"/"+c.Name] = words
			group.Go(func() error {
				wrong, err := suite.Run(ctx, d, c)
				if err != nil {
					wrong = err.Error()
				}
				*words = wrong
				return ctx.Err()
			})
		}
	}
	err = errors.Join(group.Wait(), suite.Close())
	for name, words := range results {
		if *words != "" {
			model, of, _ := strings.Cut(name, "/")
			found.Failed = append(found.Failed, failedCase{model, of, *words})
		}
	}
	slices.SortFunc(found.Failed, func(a, b failedCase) int { return strings.Compare(a.Model+a.Case, b.Model+b.Case) })
	return found, err
}

func openSuite(ctx context.Context, decides rules.Rules) (*cases.Suite, error) {
	models, err := decides.Models()
	if err != nil {
		return nil, err
	}
	contracts, err := agreement.ReadContracts(decides)
	if err != nil {
		return nil, err
	}
	required := map[string][]string{}
	for _, model := range models.Published() {
		contract, _ := contracts.Find(model.Dataset)
		for _, column := range contract.Columns {
			if !column.Nullable {
				required[model.Name] = append(required[model.Name], column.Name)
			}
		}
	}
	sources, err := EmptySources(decides)
	if err != nil {
		return nil, err
	}
	return cases.NewSuite(ctx, cases.Options{Models: models, Sources: sources, Required: required, Macros: decides.Macros})
}

// EmptySources creates every source table, those of health extracts as the views of the rules make them.
func EmptySources(decides rules.Rules) (string, error) {
	sources, err := sql.EmptySources(decides, strings.NewReader(casestore.Contract()))
	if err != nil {
		return "", err
	}
	views, err := views.ReadViews(decides)
	if err != nil {
		return "", err
	}
	for _, view := range views {
		sources += "create or replace table health." + view.Name + " as " + view.Empty(true) + ";\n"
	}
	return sources, nil
}

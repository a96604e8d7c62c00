// Package transform runs the SQL models in the order of what they read, then the checks on what they made.
package transform

import (
	"slices"
	"strings"
)

// Models are all models and checks of a folder tree, each proved to read what its header says it reads.
type Models struct {
	Tables []Model // in the order in which they can be made
	Checks []Model // by name
}

// Model is one SQL file: a table or view to make, or a check that returns the bad rows.
type Model struct {
	Name     string   // the file's name, and the table's
	Folder   string   // staging, resolve, scope, consent, cpis, returns, returns/<return>, share, bi, figures or checks
	Why      string   // the rule in a sentence, for people
	Grain    []string // the columns of which no two rows agree; of a check: the columns that name a bad row, where any do
	Reads    []string // models by name, and sources as schema.table; sorted
	Columns  []string // that the query returns, in their order; none where it selects everything (*)
	Audience string   // who may read it; empty for what stays inside the run
	Dataset  string   // the name it is published under; empty for what stays inside the run
	View     bool     // made as a view, not as a table
	Severity string   // of a check: Block or Warn
	Measure  Measure  // of a figure
	Holds    string   // figures or findings: from no row of it is anybody's care or a return decided; empty for all else
	Query    string   // one select statement
}

// Measure says how a figure is to be read.
type Measure struct {
	Numerator, Denominator, Source, KnownLimits string
}

// What a failed check does to the run.
const (
	Block = "block" // nothing is published
	Warn  = "warn"  // reported
)

// readsModel reports whether name is a model, not a source's schema.table.
func readsModel(name string) bool { return !strings.Contains(name, ".") }

// Published are the tables that leave the run, in the order in which they are made.
func (m Models) Published() []Model {
	var published []Model
	for _, model := range m.Tables {
		if model.Dataset != "" {
			published = append(published, model)
		}
	}
	return published
}

// Needed are the tables that are published, or that a published table, a figure or a check reads, near or far.
func (m Models) Needed() []Model {
	wanted := map[string]bool{}
	for _, check := range m.Checks {
		want(wanted, check.Reads)
	}
	var needed []Model
	for i := len(m.Tables) - 1; i >= 0; i-- { // readers stand after what they read
		model := m.Tables[i]
		if model.Dataset == "" && model.Folder != "figures" && !wanted[model.Name] {
			continue
		}
		want(wanted, model.Reads)
		needed = append(needed, model)
	}
	for i, j := 0, len(needed)-1; i < j; i, j = i+1, j-1 {
		needed[i], needed[j] = needed[j], needed[i]
	}
	return needed
}

// grainSeverities are what a fault of each model's grain does: it stops the run, unless nothing but figures, findings and
// warnings is made of the model.
func (m Models) grainSeverities() map[string]string {
	severities, decides := map[string]string{}, m.decides()
	for _, model := range m.Tables {
		severities[model.Name] = Warn
		if decides[model.Name] {
			severities[model.Name] = Block
		}
	}
	return severities
}

// decides are the models of which something is shared, returned or blocked.
func (m Models) decides() map[string]bool {
	decides := map[string]bool{}
	for _, check := range m.Checks {
		if check.Severity == Block {
			want(decides, check.Reads)
		}
	}
	for _, model := range slices.Backward(m.Tables) { // readers stand after what they read
		if model.Dataset != "" && model.Holds == "" || decides[model.Name] {
			decides[model.Name] = true
			want(decides, model.Reads)
		}
	}
	return decides
}

// Makeable are the models of which everything they read, near or far, is a given model or a source of one of the schemas:
// what can be made where only those are there. The given ones are not among them, and the checks are left out.
func (m Models) Makeable(given, schemas []string) Models {
	there := map[string]bool{}
	want(there, given)
	var possible Models
	for _, model := range m.Tables {
		missing := slices.ContainsFunc(model.Reads, func(read string) bool {
			schema, _, isSource := strings.Cut(read, ".")
			return isSource && !slices.Contains(schemas, schema) || !isSource && !there[read]
		})
		if missing || there[model.Name] {
			continue
		}
		there[model.Name] = true
		possible.Tables = append(possible.Tables, model)
	}
	return possible
}

// For are the tables that are published to an audience, and what they read.
func (m Models) For(audience string) Models {
	wanted := map[string]bool{}
	var needed Models
	for _, model := range slices.Backward(m.Tables) { // readers stand after what they read
		if model.Audience == audience || wanted[model.Name] {
			want(wanted, model.Reads)
			needed.Tables = append(needed.Tables, model)
		}
	}
	slices.Reverse(needed.Tables)
	return needed
}

func want(wanted map[string]bool, names []string) {
	for _, name := range names {
		wanted[name] = true
	}
}

// Package relations gives the models the configuration, the agreement and the lists as tables of the schema config.
package relations

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"careshare/extract"
	"careshare/load/agreement"
	"careshare/load/audit"
	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/schedules/london"
	"careshare/sql"
	"careshare/transform"
)

// Relation is a small table that the models read beside the sources: a setting, a term of the agreement.
type Relation struct {
	Name    string // within schema config
	Columns string // as in create table: name type, name type
	Rows    any    // slice of structs or maps whose JSON names are the columns
}

// Create makes the table and binds its rows, so that no value is ever formatted into SQL.
func (r Relation) Create(ctx context.Context, db *sql.DB) error {
	rows, err := json.Marshal(r.Rows)
	if err != nil {
		return fmt.Errorf("create config.%s: %w", r.Name, err)
	}
	create := fmt.Sprintf("create table config.%s as select unnest(from_json(?::json, %s), recursive := true)", r.Name, sql.Quote(r.structure()))
	if _, err := db.ExecContext(ctx, create, string(rows)); err != nil {
		return fmt.Errorf("create config.%s: %w", r.Name, err)
	}
	return nil
}

// Create makes the schema config with these tables.
func Create(ctx context.Context, db *sql.DB, relations []Relation) error {
	if _, err := db.ExecContext(ctx, "create schema config"); err != nil {
		return fmt.Errorf("create schema config: %w", err)
	}
	for _, r := range relations {
		if err := r.Create(ctx, db); err != nil {
			return err
		}
	}
	return nil
}

// structure is the shape that from_json wants: [{"name":"type"}].
func (r Relation) structure() string {
	var fields []string
	for _, column := range strings.Split(r.Columns, ", ") {
		name, kind, _ := strings.Cut(column, " ")
		fields = append(fields, fmt.Sprintf("%q:%q", name, kind))
	}
	return "[{" + strings.Join(fields, ",") + "}]"
}

// Row is one row of a relation.
type Row map[string]any

// Inputs are what the relations are made of.
type Inputs struct {
	Config    config.Config
	Agreement agreement.Agreement
	Contracts agreement.Contracts
	Models    transform.Models
	AsAt      time.Time
	Tables    []extract.Table     // what was pulled; none where only returns are made
	Periods   []config.Period     // of returns
	Withheld  []audit.Withholding // people
	Reviews   []lake.Review       // reviewers' decisions
	Accepted  []string            // safeguards whose breach this run accepts
	Submitted []Row               // last year's files of a return as they were handed in
	Delivered int64               // the highest sequence number that the CP-IS outbox was given
}

func acceptedSafeguards(names []string) []Row {
	rows := []Row{}
	for _, name := range names {
		rows = append(rows, Row{"safeguard": name})
	}
	return rows
}

// Of are the configuration, the agreement and the council's own words as the models read them.
func Of(in Inputs) ([]Relation, error) {
	settings, err := settings(in)
	if err != nil {
		return nil, err
	}
	reasons, err := ReasonWords(in.Config.Ruleset())
	if err != nil {
		return nil, err
	}
	c := in.Config
	figures, err := figureRelations(in)
	if err != nil {
		return nil, err
	}
	returns, err := returnRelations(c, in.Periods)
	if err != nil {
		return nil, err
	}
	datasets, bases, columns := in.Agreement.Rows()
	datasets = slices.DeleteFunc(datasets, func(d agreement.AgreementDataset) bool { // another dataset's decisions cover it
		contract, known := in.Contracts.Find(d.Dataset)
		return known && contract.IsShared() && contract.DecidedAs() != d.Dataset
	})
	terms, bands := in.Agreement.DeIdentificationRows()
	return append(slices.Concat(figures, dictionaryRelations(in), cpisRelations(c.CPIS, in.Delivered), returns), []Relation{
		{"settings", "as_at timestamptz, as_at_local timestamp, consent_window_days integer, agreement_version varchar, agreement_in_date boolean", settings},
		{"episode_steps", "workflow_step_type_id bigint, kind varchar, service varchar", episodeSteps(c)},
		{"consent_steps", "workflow_step_type_id bigint", steps(c.Consent.Steps)},
		{"consent_words", "field varchar, word varchar, meaning varchar", consentWords(c.Consent, datasets)},
		{"restrictions", "blank varchar", []Row{{"blank": c.CaseStore.BlankRestricted}}},
		{"duplicate_records", "level varchar", []Row{{"level": c.SamePerson.AlikeBy}}},
		{"duplicate_words", "source varchar, word varchar", duplicateWords(c.SamePerson)},
		{"accessible_information_steps", "workflow_step_type_id bigint", steps(c.AccessibleInformation.Steps)},
		{"form_questions", "question_user_code varchar, field varchar", append(questionCodes(config.FormFields[:], c.Consent.Questions), questionCodes(config.ReturnFields(), c.Returns.Questions)...)},
		{"contact_roles", "description varchar, role varchar", contactRoles(c)},
		{"agreement_datasets", "dataset varchar, direction varchar, audience varchar, purpose varchar, gate varchar, standing varchar, is_secondary_use boolean, contacts_despite_refusal varchar", datasets},
		{"agreement_bases", "dataset varchar, basis varchar", bases},
		{"agreement_columns", "dataset varchar, column_name varchar", columns},
		{"security_labels", "system varchar, label varchar, is_harmless boolean", in.Agreement.SecurityLabels.Rows()},
		{"withheld_people", "person_id bigint, reason varchar, withheld_at timestamptz", in.Withheld},
		{"reviewed_numbers", "position bigint, person_id bigint, nhs_number varchar, decision varchar, decided_by varchar, decided_at timestamptz", in.Reviews},
		{"trace", "is_asking boolean, accept_unasked_before date, ask_again_after_days integer, refresh_after_days integer", []Row{traceTerms(c.Trace)}},
		{"extracted", "source varchar, table_name varchar, rows_in bigint, rows_out bigint, quarantined bigint, merged bigint", extracted(in.Tables)},
		{"de_identification", "audience varchar, k integer, dates varchar, history_months integer, postcodes varchar, opt_out_days integer", terms},
		{"age_bands", "audience varchar, from_age integer, to_age integer", bands},
		{"reasons", "reason varchar, words varchar", reasons},
		{"accepted_safeguards", "safeguard varchar", acceptedSafeguards(in.Accepted)},
		{"ssda903_submitted", submittedColumns, append([]Row{}, in.Submitted...)},
	}...), nil
}

// settings is the one row of the run's own terms. The case store keeps London's wall clock, hence both times.
func settings(in Inputs) ([]Row, error) {
	local, err := london.Local(in.AsAt)
	if err != nil {
		return nil, err
	}
	inDate, err := in.Agreement.InDate(in.AsAt)
	return []Row{{
		"as_at": in.AsAt.UTC().Format(time.RFC3339), "as_at_local": local,
		"consent_window_days": in.Config.Consent.WindowDays,
		"agreement_version":   in.Agreement.Version, "agreement_in_date": inDate,
	}}, err
}

// ReasonWords are the reason codes in plain words.
func ReasonWords(rules fs.FS) ([]Row, error) {
	file, err := rules.Open("reasons.csv")
	if err != nil {
		return nil, fmt.Errorf("read reasons: %w", err)
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read reasons: %w", err)
	}
	var rows []Row
	for _, line := range lines[1:] {
		rows = append(rows, Row{"reason": line[0], "words": line[1]})
	}
	return rows, nil
}

func steps(types []int64) []Row {
	rows := []Row{}
	for _, id := range types {
		rows = append(rows, Row{"workflow_step_type_id": id})
	}
	return rows
}

func episodeSteps(c config.Config) []Row {
	rows := []Row{}
	for kind, types := range c.Episodes {
		for id, service := range types {
			rows = append(rows, Row{"workflow_step_type_id": id, "kind": kind, "service": service})
		}
	}
	return rows
}

// questionCodes are the council's own codes for our fields, in lower case; a field that it has not named bears ours.
func questionCodes(fields []string, own map[string]string) []Row {
	rows := []Row{}
	for _, field := range fields {
		code, named := own[field]
		if !named {
			code = field
		}
		rows = append(rows, Row{"question_user_code": strings.ToLower(code), "field": field})
	}
	return rows
}

func contactRoles(c config.Config) []Row {
	rows := []Row{}
	for role, descriptions := range c.ContactRoles {
		for _, description := range descriptions {
			rows = append(rows, Row{"description": description, "role": role})
		}
	}
	return rows
}

func extracted(tables []extract.Table) []Row {
	rows := []Row{}
	for _, t := range tables {
		rows = append(rows, Row{
			"source": t.From, "table_name": t.Name, "rows_in": t.RowsIn, "rows_out": t.RowsOut,
			"quarantined": t.Quarantined, "merged": t.Merged,
		})
	}
	return rows
}

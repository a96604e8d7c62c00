package pipeline

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
	"careshare/london"
	"careshare/sql"
	"careshare/transform"
)

// relation is a small table that the models read beside the sources: a setting, a term of the agreement.
type relation struct {
	name    string // within schema config
	columns string // as in create table: name type, name type
	rows    any    // slice of structs or maps whose JSON names are the columns
}

// create makes the table and binds its rows, so that no value is ever formatted into SQL.
func (r relation) create(ctx context.Context, db *sql.DB) error {
	rows, err := json.Marshal(r.rows)
	if err != nil {
		return fmt.Errorf("create config.%s: %w", r.name, err)
	}
	create := fmt.Sprintf("create table config.%s as select unnest(from_json(?::json, %s), recursive := true)", r.name, sql.Quote(r.structure()))
	if _, err := db.ExecContext(ctx, create, string(rows)); err != nil {
		return fmt.Errorf("create config.%s: %w", r.name, err)
	}
	return nil
}

func createRelations(ctx context.Context, db *sql.DB, relations []relation) error {
	if _, err := db.ExecContext(ctx, "create schema config"); err != nil {
		return fmt.Errorf("create schema config: %w", err)
	}
	for _, r := range relations {
		if err := r.create(ctx, db); err != nil {
			return err
		}
	}
	return nil
}

// structure is the shape that from_json wants: [{"name":"type"}].
func (r relation) structure() string {
	var fields []string
	for _, column := range strings.Split(r.columns, ", ") {
		name, kind, _ := strings.Cut(column, " ")
		fields = append(fields, fmt.Sprintf("%q:%q", name, kind))
	}
	return "[{" + strings.Join(fields, ",") + "}]"
}

// row is one row of a relation.
type row map[string]any

// inputs are what the relations are made of.
type inputs struct {
	config    Config
	agreement agreement.Agreement
	contracts agreement.Contracts
	models    transform.Models
	asAt      time.Time
	tables    []extract.Table     // what was pulled; none where only returns are made
	periods   []period            // of returns
	withheld  []audit.Withholding // people
	reviews   []lake.Review       // reviewers' decisions
	submitted []row               // last year's files of a return as they were handed in
	delivered int64               // the highest sequence number that the CP-IS outbox was given
}

// relationsOf are the configuration, the agreement and the council's own words as the models read them.
func relationsOf(in inputs) ([]relation, error) {
	settings, err := settings(in)
	if err != nil {
		return nil, err
	}
	reasons, err := reasonWords(in.config.Ruleset())
	if err != nil {
		return nil, err
	}
	c := in.config
	figures, err := figureRelations(in)
	if err != nil {
		return nil, err
	}
	returns, err := returnRelations(c, in.periods)
	if err != nil {
		return nil, err
	}
	datasets, bases, columns := in.agreement.Rows()
	datasets = slices.DeleteFunc(datasets, func(d agreement.AgreementDataset) bool { // another dataset's decisions speak for it
		contract, known := in.contracts.Find(d.Dataset)
		return known && contract.DecidedAs != ""
	})
	terms, bands, quasi := in.agreement.DeIdentificationRows()
	return append(slices.Concat(figures, dictionaryRelations(in), cpisRelations(c.CPIS, in.delivered), returns), []relation{
		{"settings", "as_at timestamptz, as_at_local timestamp, consent_window_days integer, agreement_version varchar, agreement_in_date boolean", settings},
		{"episode_steps", "workflow_step_type_id bigint, kind varchar, service varchar", episodeSteps(c)},
		{"consent_steps", "workflow_step_type_id bigint", steps(c.Consent.Steps)},
		{"consent_words", "field varchar, word varchar, meaning varchar", consentWords(c.Consent, datasets)},
		{"restrictions", "blank varchar", []row{{"blank": c.CaseStore.BlankRestricted}}},
		{"duplicate_records", "level varchar", []row{{"level": c.SamePerson.AlikeBy}}},
		{"duplicate_words", "source varchar, word varchar", duplicateWords(c.SamePerson)},
		{"accessible_information_steps", "workflow_step_type_id bigint", steps(c.AccessibleInformation.Steps)},
		{"form_questions", "question_user_code varchar, field varchar", append(questionCodes(formFields[:], c.Consent.Questions), questionCodes(returnFields(), c.Returns.Questions)...)},
		{"contact_roles", "description varchar, role varchar", contactRoles(c)},
		{"agreement_datasets", "dataset varchar, direction varchar, audience varchar, purpose varchar, gate varchar, standing varchar, is_secondary_use boolean, contacts_despite_refusal varchar", datasets},
		{"agreement_bases", "dataset varchar, basis varchar", bases},
		{"agreement_columns", "dataset varchar, column_name varchar", columns},
		{"security_labels", "system varchar, label varchar, is_harmless boolean", in.agreement.SecurityLabels.Rows()},
		{"withheld_people", "person_id bigint, reason varchar, withheld_at timestamptz", in.withheld},
		{"reviewed_numbers", "position bigint, person_id bigint, nhs_number varchar, decision varchar, decided_by varchar, decided_at timestamptz", in.reviews},
		{"trace", "is_asking boolean, accept_unasked_before date, ask_again_after_days integer, refresh_after_days integer", []row{traceTerms(c.Trace)}},
		{"extracted", "source varchar, table_name varchar, rows_in bigint, rows_out bigint, quarantined bigint, merged bigint", extracted(in.tables)},
		{"de_identification", "audience varchar, k integer, people_alike integer, dates varchar, history_months integer, postcodes varchar, opt_out_days integer", terms},
		{"age_bands", "audience varchar, from_age integer, to_age integer", bands},
		{"quasi_identifiers", "dataset varchar, column_name varchar, position integer", quasi},
		{"reasons", "reason varchar, words varchar", reasons},
		{"ssda903_submitted", submittedColumns, append([]row{}, in.submitted...)},
	}...), nil
}

// settings is the one row of the run's own terms. The case store keeps London's wall clock, hence both times.
func settings(in inputs) ([]row, error) {
	local, err := london.Local(in.asAt)
	if err != nil {
		return nil, err
	}
	inDate, err := in.agreement.InDate(in.asAt)
	return []row{{
		"as_at": in.asAt.UTC().Format(time.RFC3339), "as_at_local": local,
		"consent_window_days": in.config.Consent.WindowDays,
		"agreement_version":   in.agreement.Version, "agreement_in_date": inDate,
	}}, err
}

// reasonWords are the reason codes in plain words.
func reasonWords(rules fs.FS) ([]row, error) {
	file, err := rules.Open("reasons.csv")
	if err != nil {
		return nil, fmt.Errorf("read reasons: %w", err)
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read reasons: %w", err)
	}
	var rows []row
	for _, line := range lines[1:] {
		rows = append(rows, row{"reason": line[0], "words": line[1]})
	}
	return rows, nil
}

func steps(types []int64) []row {
	rows := []row{}
	for _, id := range types {
		rows = append(rows, row{"workflow_step_type_id": id})
	}
	return rows
}

func episodeSteps(c Config) []row {
	rows := []row{}
	for kind, types := range c.Episodes {
		for id, service := range types {
			rows = append(rows, row{"workflow_step_type_id": id, "kind": kind, "service": service})
		}
	}
	return rows
}

// questionCodes are the council's own codes for our fields; a field that it has not named bears ours.
func questionCodes(fields []string, own map[string]string) []row {
	rows := []row{}
	for _, field := range fields {
		code, named := own[field]
		if !named {
			code = field
		}
		rows = append(rows, row{"question_user_code": code, "field": field})
	}
	return rows
}

func contactRoles(c Config) []row {
	rows := []row{}
	for role, descriptions := range c.ContactRoles {
		for _, description := range descriptions {
			rows = append(rows, row{"description": description, "role": role})
		}
	}
	return rows
}

func extracted(tables []extract.Table) []row {
	rows := []row{}
	for _, t := range tables {
		rows = append(rows, row{
			"source": t.From, "table_name": t.Name, "rows_in": t.RowsIn, "rows_out": t.RowsOut,
			"quarantined": t.Quarantined, "merged": t.Merged,
		})
	}
	return rows
}

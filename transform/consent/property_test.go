// Package consent compares the models of consent with a second reading of their rules, over random histories.
package consent

import (
	"context"
	"database/sql/driver"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/duckdb/duckdb-go/v2"

	"careshare/sql"
	"careshare/transform"
)

// TestRandomHistories decides about random histories by the models, all at once, and by the oracle, one by one.
// CARESHARE_HISTORIES and CARESHARE_SEED ask for more, or for others.
func TestRandomHistories(t *testing.T) {
	count, seed := number(t, "CARESHARE_HISTORIES", 100_000), number(t, "CARESHARE_SEED", 16)
	for first := int64(0); first < count; first += batch {
		histories := makeHistories(seed, first, min(batch, count-first))
		wrong, seen := disagreements(t, histories, shipped(t))
		report(t, histories, wrong)
		if first == 0 && (seen.open < 20 || seen.closed < 20 || seen.stops < 20) && count >= 10_000 {
			t.Errorf("the histories prove too little: %+v", seen)
		}
	}
}

const batch = 100_000

// TestPlantedFaultsAreCaught changes one rule at a time: each change must show in few histories.
func TestPlantedFaultsAreCaught(t *testing.T) {
	t.Parallel()
	histories := makeHistories(7, 0, 4_000)
	models := shipped(t)
	for _, fault := range []struct{ model, old, new string }{
		{"int_refusals", "case when requests.is_own then lifted.lifted_by_others_at else lifted.lifted_at end", "lifted.lifted_at"},
		{"int_refusals", "<= requests.asked_at,", "< requests.asked_at,"},
		{"int_refusals", "'parental_responsibility', 'attorney'", "'parental_responsibility', 'other', 'attorney'"},
		{"int_consent_requests", "coalesce(step_status = 'COMPLETED', false)", "true"},
		{"int_consent_requests", "and not is_capacity_unclear", ""},
		{"int_consent_requests", "has_refusal or has_unknown_decision or is_without_decision as may", "has_refusal as may"},
		{"int_consent_requests", "and not is_step_in_future", ""},
		{"int_consent_requests", "where not worded.is_in_future or worded.may_be_refusal", "where not worded.is_in_future"},
		{"int_consent_request_datasets", "words.dataset is null and coalesce(words.direction, datasets.direction)", "words.dataset is null and words.direction"},
		{"int_consent_subjects", "members.person_id is null\n            or", "false or"},
		{"int_consent_groups", "and answers.consent_request_id not in (select consent_request_id from steps)", "and false"},
		{"int_standing_refusals", "inner join records on records.other_person_id = standing.person_id", "inner join records on false"},
		{"int_unread_consents", "where table_name = 'dm_workflow_steps'\n        and", "where false and"},
		{"int_unread_consents", "where table_name = 'dm_cached_form_answers'\n        and", "where false and"},
		{"int_unread_consents", "where unread.table_name = 'dm_subgroup_subjects'", "where false"},
		{"int_same_people", "on others.nhs_number = numbers.nhs_number and", "on false and"},
		{"int_restrictions", "inner join int_same_people as records on records.other_person_id = restricted.person_id", "inner join int_same_people as records on false"},
		{"int_people", "marks.is_blank_restricted)", "false)"},
		{"stg_form_questions", "lower(text_of(question_user_code))", "text_of(question_user_code)"},
		{"int_consent_requests", "is_form_too_early and (", "false and ("},
		{"int_consent_requests", "between timestamp '2000-01-01 00:00:00' and", "between timestamp '0001-01-01 00:00:00' and"},
		{"int_consent_requests", "where other_person_id not in (select person_id from int_people)", "where false"},
		{"int_unread_restrictions", "where table_name = 'dm_persons' and person_id is not null", "where false"},
		{"int_unread_restrictions", "from int_duplicate_references\n    where other_person_id is null", "from int_duplicate_references\n    where false"},
		{"int_unread_restrictions", "lone_number(unread.reference)", "try_cast(unread.reference as bigint)"},
		{"int_unread_restrictions", "and records.other_person_id not in (select person_id from int_people)", "and false"},
		{"int_duplicate_references", "lone_number(person_references.reference)", "try_cast(person_references.reference as bigint)"},
		{"int_duplicate_references", "on numbers.nhs_number = said.digits", "on false"},
		{"refusal_of_unknown_duplicate", "where person_id in (select person_id from closed)", "where false"},
		{"refusal_of_unknown_duplicate", "select person_id from int_standing_refusals", "select person_id from int_standing_refusals where false"},
	} {
		changed := slices.Clone(models)
		at := slices.IndexFunc(changed, func(m transform.Model) bool { return m.Name == fault.model })
		changed[at].Query = inAnyLayout(fault.old).ReplaceAllLiteralString(changed[at].Query, fault.new)
		if changed[at].Query == models[at].Query {
			t.Errorf("%s holds no %q: plant the fault anew", fault.model, fault.old)
			continue
		}
		if wrong, _ := disagreements(t, histories, changed); len(wrong) == 0 {
			t.Errorf("%s: nobody sees %q in place of %q", fault.model, fault.new, fault.old)
		}
	}
}

// inAnyLayout finds a text of SQL however its lines are broken.
func inAnyLayout(text string) *regexp.Regexp {
	words := strings.Fields(text)
	for i := range words {
		words[i] = regexp.QuoteMeta(words[i])
	}
	return regexp.MustCompile(strings.Join(words, `\s+`))
}

// TestASpoiledRowOpensNothing takes histories of which every row can be read, and spoils each column of each row in turn, by
// making it unreadable and, where it is a word, blank and unknown. Nothing that was closed may open, unless the run stops.
func TestASpoiledRowOpensNothing(t *testing.T) {
	t.Parallel()
	const count = 150
	sound := make([]*history, count)
	var spoiled []*history
	from := map[int64]int64{} // the sound history of each spoiled one
	for i := range sound {
		again := func(id int64) *history {
			m := &maker{Rand: rand.New(rand.NewPCG(3, uint64(i))), numbers: id * 10}
			return m.history(id).read()
		}
		sound[i] = again(int64(i + 1))
		for spoil := 0; ; spoil++ {
			id := int64(count + len(spoiled) + 1)
			h := again(id)
			if !h.spoil(spoil) {
				break
			}
			spoiled, from[id] = append(spoiled, h), int64(i+1)
		}
	}
	before, after := decided(t, sound, shipped(t)), decided(t, spoiled, shipped(t))
	var opened, closed int
	for _, h := range spoiled {
		was, is := before[from[h.id]], after[h.id]
		for person, datasets := range is.open {
			for dataset, open := range datasets {
				same := person%100 + from[h.id]*100
				switch {
				case open && !was.open[same][dataset] && !is.stops:
					if opened++; opened <= 3 {
						t.Errorf("%d, person %d, %s opens\n%+v\nwhere this did not:\n%+v", h.id, person, dataset, *h, *sound[from[h.id]-1])
					}
				case !open && was.open[same][dataset]:
					closed++
				}
			}
		}
	}
	t.Logf("%d spoiled rows, %d decisions closed, %d opened", len(spoiled), closed, opened)
	if len(spoiled) < 5_000 || closed < 1_000 {
		t.Errorf("%d spoiled rows closed %d decisions: the test proves too little", len(spoiled), closed)
	}
}

func number(t *testing.T, variable string, otherwise int64) int64 {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func makeHistories(seed, first, count int64) []*history {
	m := &maker{Rand: rand.New(rand.NewPCG(uint64(seed), uint64(first)))}
	histories := make([]*history, count)
	for i := range histories {
		histories[i] = m.history(int64(i + 1))
	}
	return histories
}

// report says which histories are decided differently, with their rows: they are made up.
func report(t *testing.T, histories []*history, wrong []string) {
	t.Helper()
	for _, line := range wrong[:min(len(wrong), 3)] {
		id, _, _ := strings.Cut(line, " ")
		if n, err := strconv.Atoi(id); err == nil {
			t.Logf("%s\n%+v", line, *histories[n-1])
		}
	}
	if len(wrong) > 0 {
		t.Errorf("%d decisions differ", len(wrong))
	}
}

// shipped are the models that decide about refusals and restrictions, in the order in which they are made.
func shipped(t *testing.T) (needed []transform.Model) {
	t.Helper()
	models, err := transform.Load(sql.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range models.Tables {
		isNeeded := m.Folder == "staging" || m.Folder == "consent" && m.Name != "int_consents_interrupted"
		if isNeeded || slices.Contains([]string{"int_people", "int_same_people", "int_duplicate_references", "gate_not_restricted"}, m.Name) {
			needed = append(needed, m)
		}
	}
	for _, m := range models.Checks {
		if m.Name == "refusal_of_unknown_duplicate" {
			needed = append(needed, m)
		}
	}
	return needed
}

// given are the tables that other folders' models make.
const given = `
create table main.int_nhs_numbers as select person_id, case when length(nhs_number) > 0 then nhs_number end as nhs_number, false as is_sensitive from histories.numbers;
create table main.int_patients (sender varchar, patient_id varchar, family varchar, given varchar, birth_date date, postcode varchar, is_sensitive boolean, nhs_number varchar);
create table main.int_trace_answers (person_id bigint, matched_number varchar);
create table main.int_trace_receipts (unique_reference varchar);
create table main.int_number_reviews (person_id bigint, nhs_number varchar, decision varchar, is_accepted boolean);
create table main.int_cpis_sensitive_people (person_id bigint);
create table main.int_consents_interrupted (consent_request_id bigint, person_id bigint);
insert into config.consent_steps values (401);
insert into config.agreement_datasets (dataset, direction, gate) values ('visits', 'in', 'ask_each_time'), ('medications', 'in', 'ask_each_time'),
	('case_status', 'out', 'objection'), ('allocated_teams', 'out', 'objection');
insert into config.form_questions select question, question from (select unnest([%s]) as question) where question like 'consent%%';
insert into config.duplicate_words values ('reference', 'duplicate of');
insert into casestore.dm_cached_form_questions select position, upper(question) from (select unnest([%[1]s]) as question, generate_subscripts([%[1]s], 1) as position);
insert into config.consent_words select field, word, replace(word, ' ', '_') from (values
	('consent_decision', 'given'), ('consent_decision', 'refused'), ('consent_decision', 'withdrawn'), ('consent_decision', 'not sought'),
	('consent_direction', 'in'), ('consent_direction', 'out'), ('consent_decided_by', 'self'), ('consent_decided_by', 'gillick competent child'),
	('consent_decided_by', 'parental responsibility'), ('consent_decided_by', 'attorney'), ('consent_decided_by', 'best interests'),
	('consent_capacity', 'has capacity'), ('consent_capacity', 'lacks capacity'), ('consent_capacity', 'not assessed'),
	('consent_needs_met', 'yes'), ('consent_needs_met', 'no'), ('consent_datasets', 'all'), ('consent_datasets', 'visits'),
	('consent_datasets', 'medications'), ('consent_datasets', 'case status'), ('consent_datasets', 'allocated_teams')) as listed (field, word);
insert into casestore.dm_persons by name select * from histories.persons;
insert into casestore.dm_addresses by name select * from histories.addresses;
insert into casestore.dm_workflow_steps by name select * from histories.steps;
insert into casestore.dm_cached_form_answers by name select * from histories.answers;
insert into casestore.dm_subgroup_subjects by name select * from histories.members;
insert into casestore.dm_person_references by name select * from histories.person_references;
`

const tables = `
create schema histories;
create table histories.numbers (person_id bigint, nhs_number varchar);
create table histories.persons (person_id bigint, nhs_id bigint, first_name varchar, last_name varchar, date_of_birth timestamp, restricted varchar);
create table histories.addresses (ref_addresses_people_id bigint, person_id bigint, post_code varchar);
create table histories.steps (workflow_step_id bigint, workflow_step_type_id bigint, subgroup_id bigint, step_status varchar, started_on timestamp, completed_on timestamp);
create table histories.answers (workflow_step_id bigint, form_id bigint, form_answer_row_id bigint, mapping_id bigint, subject_person_id bigint, subgroup_id bigint, text_answer varchar, date_answer timestamp);
create table histories.person_references (reference_id bigint, person_id bigint, reference_type varchar, reference varchar);
create table histories.members (subgroup_id bigint, subject_compound_id bigint, subject_type_code varchar);
`

const verdicts = `
with verdicts as (
	select people.person_id, agreed.dataset,
		gate.is_open and case agreed.gate
			when 'ask_each_time' then coalesce(consents.outcome = 'granted', false)
			else coalesce(consents.outcome = 'not_objected', true)
		end as is_open
	from int_people as people
	cross join config.agreement_datasets as agreed
	left join gate_not_restricted as gate on gate.person_id = people.person_id
	left join int_consents as consents on consents.person_id = people.person_id and consents.dataset = agreed.dataset
)
select person_id, dataset, is_open from verdicts
union all
select distinct rows_read.line, 'nobody', true
from (select person_id, record from int_unread_consents union all select person_id, record from int_unread_restrictions) as unread
inner join stg_unread_rows as rows_read on rows_read.record = unread.record
where unread.person_id is null
union all
select distinct person_id, 'nobody', true
from refusal_of_unknown_duplicate`

// seen is how much of the rules the histories reach.
type seen struct{ open, closed, stops int }

// disagreements are the decisions that the models and the oracle take differently, each beginning with its history.
func disagreements(t *testing.T, histories []*history, models []transform.Model) (wrong []string, s seen) {
	t.Helper()
	made := decided(t, histories, models)
	for _, h := range histories {
		wrong = append(wrong, compare(h, made[h.id], &s)...)
	}
	return wrong, s
}

// decided are the verdicts of the models, by history.
func decided(t *testing.T, histories []*history, models []transform.Model) map[int64]*verdict {
	t.Helper()
	db, err := sql.Open(t.Context(), sql.Options{Memory: "3GB", Threads: 2, Spill: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := load(t.Context(), db, histories); err != nil {
		t.Fatal(err)
	}
	for _, m := range models {
		kind := "table"
		if m.View {
			kind = "view"
		}
		if _, err := db.ExecContext(t.Context(), "create "+kind+" main."+m.Name+" as\n"+m.Query); err != nil {
			t.Fatalf("make %s: %v", m.Name, err)
		}
	}
	rows, err := db.QueryContext(t.Context(), verdicts)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	made := map[int64]*verdict{}
	for rows.Next() {
		var person int64
		var dataset string
		var open bool
		if err := rows.Scan(&person, &dataset, &open); err != nil {
			t.Fatal(err)
		}
		id := person / 100
		if made[id] == nil {
			made[id] = &verdict{open: map[int64]map[string]bool{}}
		}
		switch {
		case dataset == "nobody":
			made[id].stops = true
		case made[id].open[person] == nil:
			made[id].open[person] = map[string]bool{dataset: open}
		default:
			made[id].open[person][dataset] = open
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return made
}

func compare(h *history, made *verdict, s *seen) (wrong []string) {
	expected := decide(h)
	if made == nil {
		made = &verdict{}
	}
	if expected.stops {
		s.stops++
	}
	if expected.stops != made.stops {
		wrong = append(wrong, fmt.Sprintf("%d stops: expected %v, made %v", h.id, expected.stops, made.stops))
	}
	for person, datasets := range expected.open {
		for dataset, open := range datasets {
			if open {
				s.open++
			} else {
				s.closed++
			}
			if is, decided := made.open[person][dataset]; is != open || !decided {
				wrong = append(wrong, fmt.Sprintf("%d person %d, %s: expected %v, made %v (decided: %v)", h.id, person, dataset, open, is, decided))
			}
		}
	}
	return wrong
}

// load writes the rows of all histories: what can be read to the case store's tables, the rest as it is left.
func load(ctx context.Context, db *sql.DB, histories []*history) error {
	contract, err := os.Open("../../extract/casestore/contract.csv")
	if err != nil {
		return err
	}
	defer contract.Close()
	sources, err := sql.EmptySources(sql.Files, contract)
	if err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, sources+tables); err != nil {
		return err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	err = conn.Raw(func(raw any) error {
		w, err := newWriter(raw.(driver.Conn))
		if err != nil {
			return err
		}
		for _, h := range histories {
			w.history(h)
		}
		return w.close()
	})
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, fmt.Sprintf(given, "'"+strings.Join(fields, "', '")+"'"))
	return err
}

// writer appends rows to the tables of histories.
type writer struct {
	to       map[string]*duckdb.Appender
	err      error
	position int64
}

func newWriter(conn driver.Conn) (*writer, error) {
	w := &writer{to: map[string]*duckdb.Appender{}}
	for _, table := range []string{"numbers", "persons", "addresses", "steps", "answers", "members", "person_references"} {
		appender, err := duckdb.NewAppenderFromConn(conn, "histories", table)
		if err != nil {
			return nil, err
		}
		w.to[table] = appender
	}
	appender, err := duckdb.NewAppenderFromConn(conn, "extract", "unread_values")
	w.to["unread"] = appender
	return w, err
}

func (w *writer) close() error {
	for _, appender := range w.to {
		if err := appender.Close(); w.err == nil {
			w.err = err
		}
	}
	return w.err
}

func (w *writer) row(table string, values ...driver.Value) {
	if err := w.to[table].AppendRow(values...); w.err == nil {
		w.err = err
	}
}

// unread writes what is left of a lost row; its line is its history's, so that a row of nobody is known by it.
func (w *writer) unread(h *history, table, lost string, left ...string) {
	w.position++
	wrote := false
	for i := 0; i < len(left); i += 2 {
		if left[i] == lost || left[i+1] == "" {
			continue
		}
		wrote = true
		w.row("unread", "casestore", w.position, table, "file.csv", h.id*100, nil, lost, "not readable", left[i], left[i+1])
	}
	if !wrote {
		w.row("unread", "casestore", w.position, table, "file.csv", h.id*100, nil, lost, "not readable", nil, nil)
	}
}

func id(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func at(moment time.Time) driver.Value {
	if moment.IsZero() {
		return nil
	}
	return moment
}

func orNull(text string) driver.Value {
	if text == "" {
		return nil
	}
	return text
}

func (w *writer) history(h *history) {
	family := "F" + id(h.id)
	for _, p := range h.people {
		if p.home != "" {
			w.row("addresses", p.id, p.id, p.home)
		}
		if p.lost != "" {
			w.unread(h, "dm_persons", p.lost, "person_id", id(p.id), "nhs_id", p.number, "first_name", p.given, "last_name", family,
				"date_of_birth", p.birth.Format(time.DateTime), "restricted", p.marked)
			continue
		}
		number := driver.Value(nil)
		if n, err := strconv.ParseInt(p.number, 10, 64); err == nil {
			number = n
		}
		w.row("persons", p.id, number, p.given, family, p.birth, orNull(p.marked))
		w.row("numbers", p.id, p.number)
	}
	for _, s := range h.steps {
		if s.lost != "" {
			w.unread(h, "dm_workflow_steps", s.lost, "workflow_step_id", id(s.id), "workflow_step_type_id", id(s.kind), "subgroup_id", id(s.group))
			continue
		}
		w.row("steps", s.id, s.kind, s.group, s.status, at(s.started), at(s.completed))
	}
	for _, a := range h.answers {
		mapping := int64(slices.Index(fields, a.field) + 1)
		if a.lost != "" {
			w.unread(h, "dm_cached_form_answers", a.lost, "workflow_step_id", id(a.step), "mapping_id", id(mapping),
				"subject_person_id", id(a.subject), "subgroup_id", id(a.group))
			continue
		}
		subject := driver.Value(nil)
		if a.subject != 0 {
			subject = a.subject
		}
		w.row("answers", a.step, int64(1), a.form, mapping, subject, a.group, orNull(a.text), at(a.at))
	}
	for _, m := range h.members {
		if m.lost != "" {
			w.unread(h, "dm_subgroup_subjects", m.lost, "subgroup_id", id(m.group), "subject_compound_id", id(m.person), "subject_type_code", m.kind)
			continue
		}
		w.row("members", m.group, m.person, m.kind)
	}
	for _, r := range h.references {
		if r.lost != "" {
			w.unread(h, "dm_person_references", r.lost, "reference_id", id(r.id), "person_id", id(r.person), "reference_type", r.kind, "reference", r.text)
			continue
		}
		w.row("person_references", r.id, r.person, r.kind, orNull(r.text))
	}
}

package casestore

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"careshare/extract/delimited"
)

// declared is a column of the contract under conventions.
func declared(t *testing.T, c Conventions, place string) column {
	t.Helper()
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	tables, err := Options{Conventions: &c}.contract()
	if err != nil {
		t.Fatal(err)
	}
	found, known := find(tables, place)
	if !known {
		t.Fatalf("no column %s", place)
	}
	return found
}

func TestValuesMeanWhatIsDeclared(t *testing.T) {
	council := Mosaic()
	council.Yes, council.No, council.None = []string{"Ja"}, []string{"Nein"}, []string{"-"}
	council.Dates, council.TimeZone = delimited.DayFirst, "UTC"
	council.OpenEnds = []string{"4712-12-31"}
	council.InclusiveEnds = []string{"dm_placements.end_date"}
	council.Columns = map[string]Exceptions{
		"dm_persons.restricted":          {Yes: []string{"R"}, No: []string{"O"}},
		"dm_legal_statuses.legal_status": {Codes: map[string]string{"ICO": "C1"}},
	}
	for _, c := range []struct {
		conventions Conventions
		place       string
		in, want    string // want: the value as text; empty is null; a rule begins with !
	}{
		{Mosaic(), "dm_registrations.is_child_protection_plan", "t", "Y"},
		{Mosaic(), "dm_registrations.is_child_protection_plan", " True ", "Y"},
		{Mosaic(), "dm_registrations.is_child_protection_plan", "YES", "Y"},
		{Mosaic(), "dm_registrations.is_child_protection_plan", "1", "Y"},
		{Mosaic(), "dm_registrations.is_child_protection_plan", "0", "N"},
		{Mosaic(), "dm_registrations.is_child_protection_plan", "N/A", ""},
		{Mosaic(), "dm_registrations.is_child_protection_plan", "maybe", "!" + ruleWord},
		{Mosaic(), "dm_persons.restricted", "maybe", "maybe"}, // the model reads what is not N as restricted
		{Mosaic(), "dm_persons.restricted", "f", "N"},
		{Mosaic(), "dm_visits.completed_flag", "maybe", "!" + ruleWord},
		{Mosaic(), "dm_persons.last_name", "Null", "Null"},
		{Mosaic(), "dm_persons.nhs_id", "943 476 5919", "9434765919"},
		{Mosaic(), "dm_persons.nhs_id", "943-476-5919", "9434765919"},
		{Mosaic(), "dm_persons.nhs_id", "0", "0"}, // the models refuse it and say so
		{Mosaic(), "dm_cached_form_answers.subject_person_id", "0", ""},
		{Mosaic(), "dm_cached_form_answers.subject_person_id", "-7", ""},
		{Mosaic(), "dm_cached_form_answers.subject_person_id", "7", "7"},
		{Mosaic(), "dm_persons.date_of_death", "1900-01-01 00:00:00", ""},
		{Mosaic(), "dm_registrations.registration_start_date", "1900-01-01", "1900-01-01 00:00:00"},
		{Mosaic(), "dm_registrations.deregistration_date", "9999-12-31", ""},
		{Mosaic(), "dm_registrations.deregistration_date", "2999-12-31 00:00", ""},
		{Mosaic(), "dm_placements.end_date", "2026-03-09", "2026-03-10 00:00:00"}, // the last day in
		{Mosaic(), "dm_legal_statuses.end_date", "2026-03-09", "2026-03-10 00:00:00"},
		{Mosaic(), "dm_cla_summaries.end_date", "2026-03-09", "2026-03-10 00:00:00"},
		{Mosaic(), "dm_periods_of_care.end_date", "2026-03-09", "2026-03-09 00:00:00"},
		{Mosaic(), "dm_registrations.deregistration_date", "2026-03-09", "2026-03-09 00:00:00"},
		{council, "dm_placements.end_date", "09/03/2026", "2026-03-10 00:00:00"},
		{council, "dm_placements.end_date", "31/12/4712", ""},
		{council, "dm_placements.end_date", "-", ""},
		{council, "dm_placements.end_date", "31/12/9999", "!" + ruleFarEnd},
		{Mosaic(), "dm_workflow_steps.cancelled_on", "4712-12-31", "!" + ruleFarEnd},
		{Mosaic(), "dm_visits.planned_datetime", "4712-12-31", "4712-12-31 00:00:00"},
		{council, "dm_placements.start_date", "09/07/2026 23:30", "2026-07-10 00:30:00"}, // UTC, in summer
		{council, "dm_placements.start_date", "2026-07-09", "!" + ruleTimestamp},
		{council, "dm_registrations.is_child_protection_plan", "JA", "Y"},
		{council, "dm_registrations.is_child_protection_plan", "Y", "!" + ruleWord},
		{council, "dm_persons.restricted", "r", "Y"},
		{council, "dm_legal_statuses.legal_status", "ico", "C1"},
		{council, "dm_legal_statuses.legal_status", "V2", "V2"},
	} {
		col := declared(t, c.conventions, c.place)
		v := value{kind: text, text: []byte(c.in)}
		got := ""
		if broken := col.fit(&v); broken != "" {
			got = "!" + broken
		} else {
			got = v.String()
		}
		if !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s %q: got %q, want %q", c.place, c.in, got, c.want)
		}
	}
}

func TestConventionsThatContradictAreRefused(t *testing.T) {
	c := Mosaic()
	c.Encoding, c.Dates, c.TimeZone = "latin", "yy", "Paris"
	c.No = append(c.No, "yes")
	c.OpenEnds = []string{"never"}
	c.InclusiveEnds = []string{"dm_placements.start_date"}
	c.Tables = map[string]string{"persons": "x"}
	c.Columns = map[string]Exceptions{"dm_persons.sex": {}, "dm_persons.gender": {Yes: []string{"F"}}, "dm_persons.date_of_birth": {Dates: "soon"}}
	err := c.Validate()
	for _, want := range []string{"encoding", "dates: must", "time_zone", "both yes and no", "open_ends", "start_date is no end date", "called persons", "called dm_persons.sex", "gender is no flag", "date_of_birth: dates"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
}

// Every column of the contract is read by a model that reads its table: what nobody reads is promised for nothing.
func TestEveryColumnOfTheContractIsRead(t *testing.T) {
	unread := unreadColumns(t, "../../sql")
	if len(unread) > 0 {
		t.Errorf("the contract names columns that no model reads: %s", strings.Join(unread, ", "))
	}
}

func unreadColumns(t *testing.T, root string) (unread []string) {
	t.Helper()
	tables, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	read := map[string]string{} // by table: the texts of the models that read it, without their comments
	err = filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".sql" {
			return err
		}
		content, err := os.ReadFile(path)
		body := regexp.MustCompile(`(?m)^--.*$`).ReplaceAllString(string(content), "")
		for _, table := range regexp.MustCompile(`casestore\.(\w+)`).FindAllStringSubmatch(body, -1) {
			read[table[1]] += body
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		for _, c := range table.columns {
			if !regexp.MustCompile(`\b` + c.name + `\b`).MatchString(read[table.name]) {
				unread = append(unread, table.name+"."+c.name)
			}
		}
	}
	return unread
}

func TestAColumnThatNobodyReadsIsSeen(t *testing.T) {
	root := t.TempDir()
	model := "-- reads: casestore.dm_persons nhs_id\nselect person_id from casestore.dm_persons"
	if err := os.WriteFile(filepath.Join(root, "m.sql"), []byte(model), 0o600); err != nil {
		t.Fatal(err)
	}
	unread := unreadColumns(t, root)
	if len(unread) < 100 || unread[0] != "dm_persons.nhs_id" {
		t.Errorf("unread: %.60q", unread)
	}
}

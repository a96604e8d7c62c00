package relations

import (
	"io/fs"
	"slices"
	"strings"
	"time"

	"careshare/pipeline/config"
	"careshare/schedules"
	"careshare/sql"
)

// childrenRelations are the terms as the census's models read them, and the calendar of its deadlines.
func childrenRelations(c config.ChildrenInNeed, holidays schedules.Holidays) []Relation {
	days := []Row{}
	for _, day := range holidays.Days() {
		days = append(days, Row{"day": day.Format(time.DateOnly)})
	}
	return []Relation{
		{"bank_holidays", "day date", days},
		{"cin_plan_steps", "workflow_step_type_id bigint", steps(c.NeedPlan)},
		{"early_help_steps", "workflow_step_type_id bigint", steps(c.EarlyHelp)},
		{"adopter_steps", "workflow_step_type_id bigint", steps(c.Adopters)},
		{"annex_a_professionals", "prof_rel_type_code varchar, role varchar", append(professionals(c.ReviewingOfficer, "reviewing_officer"), professionals(c.PersonalAdvisor, "personal_advisor")...)},
		{"cin", "upn_unknown_reference varchar", []Row{{"upn_unknown_reference": c.UPNUnknown}}},
	}
}

func professionals(types []string, role string) []Row {
	rows := []Row{}
	for _, code := range types {
		rows = append(rows, Row{"prof_rel_type_code": code, "role": role})
	}
	return rows
}

// submittedColumns are what the rules ask of last year's files, each by its heading; one row has those of its file.
const submittedColumns = "collection_year integer, file varchar, position bigint, child varchar, sex varchar, dob varchar, ethnic varchar, upn varchar, " +
	"mother varchar, mc_dob varchar, duc varchar, decom varchar, rne varchar, ls varchar, cin varchar, place varchar, place_provider varchar, dec varchar, " +
	"rec varchar, home_post varchar, pl_post varchar, urn varchar, mis_start varchar, mis_end varchar, date_placed varchar, date_placed_ceased varchar, " +
	"reason_placed_ceased varchar, dolo_start varchar, dolo_end varchar, in_touch varchar"

// integratedRelations are the teams, senders and leading systems as the models read them.
func integratedRelations(i config.Integrated) []Relation {
	teams, senders, leads := []Row{}, []Row{}, []Row{}
	for _, id := range i.Teams {
		teams = append(teams, Row{"team_id": id})
	}
	for _, sender := range i.Senders {
		senders = append(senders, Row{"sender": sender})
	}
	for field, system := range i.Leads {
		leads = append(leads, Row{"field": field, "leads": system})
	}
	return []Relation{
		{"integrated_teams", "team_id bigint", teams},
		{"integrated_senders", "sender varchar", senders},
		{"integrated_leads", "field varchar, leads varchar", leads},
	}
}

// adultRelations are the steps and questions as the models read them.
func adultRelations(d config.ClientLevelData) []Relation {
	steps := []Row{}
	for event, types := range d.EventSteps() {
		for _, id := range types {
			client := "Service user"
			if slices.Contains(d.UnpaidCarer, id) {
				client = "Unpaid carer"
			}
			steps = append(steps, Row{"workflow_step_type_id": id, "event_type": event, "client_type": client})
		}
	}
	questions := questionCodes(config.CLDFields(), d.Questions)
	for _, question := range questions {
		question["is_of_person"] = slices.Contains(config.CLDPersonFields(), question["field"].(string))
	}
	return []Relation{
		{"cld_steps", "workflow_step_type_id bigint, event_type varchar, client_type varchar", steps},
		{"cld_questions", "question_user_code varchar, field varchar, is_of_person boolean", questions},
	}
}

// stepKinds are the returns' own step types.
func stepKinds(r config.Returns) []Row {
	rows := []Row{}
	for kind, types := range r.Steps {
		for _, id := range types {
			rows = append(rows, Row{"workflow_step_type_id": id, "kind": kind})
		}
	}
	return rows
}

func unaccompaniedGroups(r config.Returns) []Row {
	rows := []Row{}
	for _, group := range r.UnaccompaniedGroups {
		rows = append(rows, Row{"full_group_type": group})
	}
	return rows
}

// returnRelations are the windows to make, who submits, and every list that lies beside the returns' models.
func returnRelations(c config.Config, periods []config.Period) ([]Relation, error) {
	lists, err := ListRelations(c.Ruleset())
	if err != nil {
		return nil, err
	}
	holidays, err := schedules.England()
	r := c.Returns
	return append(slices.Concat(lists, childrenRelations(r.ChildrenInNeed, holidays), adultRelations(r.ClientLevelData), integratedRelations(r.Integrated)),
		Relation{"return_periods", "return_name varchar, year integer, starts_on date, ends_on date, as_at date, is_current boolean", periods},
		Relation{"return_authority", "ons_code varchar, authority_number varchar, name varchar", []Row{{
			"ons_code": r.LocalAuthority, "authority_number": r.AuthorityNumber, "name": r.Name,
		}}},
		Relation{"return_steps", "workflow_step_type_id bigint, kind varchar", stepKinds(r)},
		Relation{"return_unaccompanied_groups", "full_group_type varchar", unaccompaniedGroups(r)},
	), err
}

// ListRelations are the lists that lie beside the returns' models: codes, columns and rules by year.
func ListRelations(rules fs.FS) ([]Relation, error) {
	lists, err := sql.Lists(rules)
	var relations []Relation
	for _, list := range lists {
		relations = append(relations, Relation{list.Name, list.Columns, listRows(list)})
	}
	return relations, err
}

// listRows are a list's rows by its columns' names.
func listRows(list sql.List) []Row {
	columns := strings.Split(list.Columns, ", ")
	rows := []Row{}
	for _, line := range list.Rows {
		one := Row{}
		for i, column := range columns {
			if name, _, _ := strings.Cut(column, " "); line[i] != "" {
				one[name] = line[i]
			}
		}
		rows = append(rows, one)
	}
	return rows
}

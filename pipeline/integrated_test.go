package pipeline

import (
	"fmt"
	"testing"
)

// Integrated records show what the borough knows to differ, and nobody of whom a kind of health record is withheld.
func TestIntegratedRecords(t *testing.T) {
	t.Parallel()
	w := demo(t)
	wrong := w.query(t, fmt.Sprintf(`
		select records.person_id, records.field, records.outcome, people.slip
		from read_parquet(%s) as records
		inner join read_csv(%s, all_varchar = true, nullstr = '') as people on people.person_id::bigint = records.person_id
		where (records.field = 'family_name' and (records.outcome = 'recorded twice and different') <> (people.slip is not distinct from 'former_surname'))
			or (records.field = 'postcode' and (records.outcome = 'recorded twice and different') <> (people.slip is not distinct from 'former_postcode'))
			or (records.field = 'given_name' and (records.outcome <> 'recorded twice and equal') <> (people.slip is not distinct from 'blank_given_name'))
			or (records.field = 'nhs_number' and records.health_value is distinct from people.true_nhs_number)`,
		w.trusted("direct-care", "integrated_records"), w.truth("people")))
	report(t, "person, field, outcome, truth", wrong)
	withheld := w.query(t, fmt.Sprintf(`
		select distinct records.person_id
		from read_parquet(%s) as records
		left join (
			select person_id, count(*) as count_shared
			from read_parquet(%s)
			where decision = 'shared' and dataset in ('medications', 'diagnoses', 'allergies', 'immunisations', 'visits')
			group by person_id
		) as shared on shared.person_id = records.person_id
		where shared.count_shared is distinct from 5`,
		w.trusted("direct-care", "integrated_records"), w.trusted("audit", "decisions")))
	report(t, "person withheld", withheld)
	w.atLeast(t, 60, fmt.Sprintf("select count(*) from read_parquet(%s)", w.trusted("direct-care", "integrated_records")))
}

// What both regimes count of the integrated teams' activity adds up to what social care alone submits of them.
func TestIntegratedActivityAgreesWithTheSubmission(t *testing.T) {
	t.Parallel()
	w := demo(t)
	var submitted, counted string
	for _, line := range w.query(t, fmt.Sprintf(`
		select count(*)
		from read_parquet(%s) as events
		inner join read_parquet('%s/raw/casestore/dm_workflow_steps/part-0.parquet') as steps using (workflow_step_id)
		where steps.responsible_team_id = 303`, w.trusted("returns", "cld_events"), w.current())) {
		submitted = line[0]
	}
	for _, line := range w.query(t, fmt.Sprintf(`select sum(value) from read_parquet('%s/refined/int_figures/part-0.parquet')
		where figure = 'integrated_activity' and category in ('1 counted by both', '2 counted by social care only')`, w.current())) {
		counted = line[0]
	}
	if submitted == "0" || submitted != counted {
		t.Errorf("%s events submitted, %s counted for social care", submitted, counted)
	}
}

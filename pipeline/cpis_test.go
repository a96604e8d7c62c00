package pipeline

import (
	"fmt"
	"testing"
)

// The generator states how each notification stands, from how it made it; the models find it from feed and case store.
func TestFollowUpsEqualTheTruth(t *testing.T) {
	t.Parallel()
	w := demo(t)
	wrong := w.query(t, fmt.Sprintf(`
		select truth.message_id, truth.state, found.state, truth.outcome, found.outcome
		from read_csv(%s, all_varchar = true) as truth
		full join (from read_parquet(%s) where organisation_code = 'RZ6F1') as found
			on found.follow_up_id = truth.message_id || '/1'
		where found.state is distinct from truth.state
		  or found.outcome is distinct from replace(lower(truth.outcome), ' ', '_')`,
		w.truth("cpis_follow_ups"), w.trusted("cpis", "cpis_follow_ups")))
	report(t, "message, state, found, outcome, found", wrong)
	w.atLeast(t, 4, fmt.Sprintf("select count(distinct state) from read_parquet(%s)", w.trusted("cpis", "cpis_follow_ups")))
}

// Everyone on a plan or looked after now stands in the cohort, and is sent or has a reason.
func TestEveryCPISChildIsAccountedFor(t *testing.T) {
	t.Parallel()
	w := demo(t)
	report(t, "child without a fate", w.query(t, fmt.Sprintf(`
		select person_id from read_parquet(%[1]s)
		where not can_be_sent and reasons is null
		   or can_be_sent and person_id not in (select person_id from read_parquet(%[2]s) where is_to_send)`,
		w.trusted("cpis", "cpis_cohort"), w.trusted("cpis", "cpis_uploads"))))
	report(t, "number that is another's", w.query(t, fmt.Sprintf(`
		select sent.person_id
		from read_parquet(%s) as sent
		inner join read_csv(%s, all_varchar = true) as truth on truth.person_id::bigint = sent.person_id
		where sent.nhs_number <> truth.true_nhs_number`,
		w.trusted("cpis", "cpis_uploads"), w.truth("people"))))
	w.atLeast(t, 10, fmt.Sprintf("select count(*) from read_parquet(%s) where is_to_send", w.trusted("cpis", "cpis_uploads")))
}

// CP-IS is for its own audience: no other folder holds a dataset of its.
func TestCPISStaysInItsAudience(t *testing.T) {
	t.Parallel()
	w := demo(t)
	report(t, "dataset elsewhere", w.query(t, fmt.Sprintf(
		"select file from glob('%s/trusted/**/part-0.parquet') where file like '%%/cpis_%%' and file not like '%%/trusted/cpis/%%'", w.current())))
}

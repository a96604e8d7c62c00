package pipeline

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// The generator states what must come out from how it made each person; the models decide from the data alone.

func TestScopeEqualsTheTruth(t *testing.T) {
	t.Parallel()
	w := demo(t)
	wrong := w.query(t, fmt.Sprintf(`
		select truth.person_id, truth.identity_scenario, truth.scope_reason, scope.reason
		from read_csv(%s) as truth
		full join read_parquet(%s) as scope on truth.person_id = scope.person_id
		where coalesce(truth.is_read, true)
		  and (scope.in_scope is distinct from truth.is_in_scope or scope.reason is distinct from truth.scope_reason)`,
		w.truth("people"), w.refined("int_scope")))
	report(t, "person, scenario, truth, found", wrong)
	w.atLeast(t, 200, "select count(*) from "+fmt.Sprintf("read_parquet(%s) where in_scope", w.refined("int_scope")))
}

func TestConsentOutcomesEqualTheTruth(t *testing.T) {
	t.Parallel()
	w := demo(t)
	wrong := w.query(t, fmt.Sprintf(`
		select coalesce(truth.person_id, consent.person_id), coalesce(truth.dataset, consent.dataset), truth.outcome, consent.outcome
		from read_csv(%s) as truth
		full join read_parquet(%s) as consent on truth.person_id = consent.person_id and truth.dataset = consent.dataset
		left join read_csv(%s) as elsewhere -- a refusal on another record of the same person
			on elsewhere.person_id = consent.recorded_person_id and elsewhere.dataset = consent.dataset and consent.how is not null
		where coalesce(consent.outcome, 'never_asked') is distinct from coalesce(elsewhere.outcome, truth.outcome, 'never_asked')
		  and not (coalesce(consent.outcome, 'not_objected') = 'not_objected' and coalesce(truth.outcome, 'not_objected') = 'not_objected')`,
		w.truth("consents"), w.refined("int_consents"), w.truth("consents")))
	report(t, "person, dataset, truth, found", wrong)
}

// Every word of the rules of consent must occur, or a rule goes untried.
func TestEveryConsentOutcomeOccurs(t *testing.T) {
	t.Parallel()
	w := demo(t)
	found := map[string]bool{}
	for _, line := range w.query(t, fmt.Sprintf("select distinct outcome from read_parquet(%s)", w.refined("int_consents"))) {
		found[line[0]] = true
	}
	for _, outcome := range []string{
		"granted", "refused", "withdrawn", "not_sought", "not_required", "subject_unclear", "incomplete", "conflict", "not_able_to_decide",
		"child_refused", "needs_not_met", "turned_16", "turned_18", "expired", "episode_ended", "not_objected",
	} {
		if !found[outcome] {
			t.Errorf("no request of the borough ends as %s", outcome)
		}
	}
}

func TestNoNHSNumberIsWrong(t *testing.T) {
	t.Parallel()
	w := demo(t)
	wrong := w.query(t, fmt.Sprintf(`
		select truth.person_id, truth.identity_scenario, truth.expected_standing, number.standing
		from read_csv(%s, all_varchar = true) as truth
		inner join read_parquet(%s) as number on truth.person_id::bigint = number.person_id
		where number.standing in ('verified', 'traced', 'matched') and number.nhs_number is distinct from truth.true_nhs_number`,
		w.truth("people"), w.refined("int_nhs_numbers")))
	report(t, "person, scenario, expected, found", wrong)
	silent := w.query(t, fmt.Sprintf("select person_id from read_parquet(%s) where reason is null or reason = ''", w.refined("int_nhs_numbers")))
	report(t, "person without a reason", silent)
}

// Who differs from their patient by one slip of the pen is matched by probability, or a person is asked about the true number. Nobody who
// was born on 1 January is linked by the program.
func TestStandingsEqualTheTruth(t *testing.T) {
	t.Parallel()
	w := demo(t)
	wrong := w.query(t, fmt.Sprintf(`
		select truth.identity_scenario, truth.expected_standing, number.standing, count(*)
		from read_csv(%s, all_varchar = true) as truth
		inner join read_parquet(%s) as number on truth.person_id::bigint = number.person_id
		left join read_parquet(%s) as review on review.person_id = number.person_id and review.nhs_number = truth.true_nhs_number
		inner join %s as person on person.person_id = number.person_id
		where number.standing is distinct from truth.expected_standing
			and not (truth.identity_scenario = 'missing_patient_differs' and number.standing = 'none' and coalesce(review.reason = 'link_to_review', false))
			and not (truth.identity_scenario = 'missing_linkable' and number.standing = 'none' and dayofyear(person.date_of_birth) = 1)
		group by all order by all`,
		w.truth("people"), w.refined("int_nhs_numbers"), w.refined("nhs_number_reviews"), w.pulled("dm_persons")))
	report(t, "scenario, expected, found, people", wrong)
}

// TestTheLinkageAgainstTheTruth: a false link is a breach. CARESHARE_LINKED names the folder of a bigger demo, to be measured instead.
func TestTheLinkageAgainstTheTruth(t *testing.T) {
	t.Parallel()
	w := demo(t)
	if folder := os.Getenv("CARESHARE_LINKED"); folder != "" {
		w = world{folder: folder}
	}
	figures := w.query(t, fmt.Sprintf(`
		select count(*) filter (number.method = 'linked'), count(*) filter (number.method = 'linked' and number.nhs_number = truth.true_nhs_number),
			count(*) filter (truth.identity_scenario in ('missing_linkable', 'missing_patient_differs') and truth.is_read = 'true'),
			count(*) filter (number.standing in ('verified', 'traced', 'matched') and truth.expected_standing = 'conflict')
		from read_csv(%s, all_varchar = true) as truth
		inner join read_parquet(%s) as number on truth.person_id::bigint = number.person_id`, w.truth("people"), w.refined("int_nhs_numbers")))[0]
	var counts [4]float64
	for i, figure := range figures {
		if _, err := fmt.Sscan(figure, &counts[i]); err != nil {
			t.Fatal(err)
		}
	}
	linked, right, findable, conflicts := counts[0], counts[1], counts[2], counts[3]
	t.Logf("%.0f linked, %.0f rightly, %.0f can be found: precision %.5f, recall %.4f; %.0f conflicts shared", linked, right, findable, right/linked, right/findable, conflicts)
	if findable < 50 || right/linked < 0.9999 || right/findable < 0.97 || conflicts > 0 {
		t.Error("want precision 0.9999, recall 0.97, no conflict shared")
	}
}

func (w world) truth(name string) string {
	return fmt.Sprintf("'%s'", filepath.Join(w.folder, "sources", "truth", name+".csv"))
}

func (w world) refined(model string) string {
	return fmt.Sprintf("'%s'", filepath.Join(w.current(), "refined", model, "part-0.parquet"))
}

func (w world) trusted(audience, dataset string) string {
	return fmt.Sprintf("'%s'", filepath.Join(w.current(), "trusted", audience, dataset, "*", "*", "*", "*", "part-0.parquet"))
}

// report fails with at most ten of the lines. They are synthetic people.
func report(t *testing.T, header string, lines [][]string) {
	t.Helper()
	if len(lines) == 0 {
		return
	}
	t.Errorf("%d wrong (%s)", len(lines), header)
	for _, line := range lines[:min(len(lines), 10)] {
		t.Log(line)
	}
}

// atLeast fails where a count that proves the test's own reach is too small.
func (w world) atLeast(t *testing.T, least int, query string) {
	t.Helper()
	var count int
	if _, err := fmt.Sscan(w.query(t, query)[0][0], &count); err != nil || count < least {
		t.Errorf("only %d rows (%v) where at least %d must be: %s", count, err, least, query)
	}
}

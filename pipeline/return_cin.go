package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"

	"careshare/reports/returns"
)

// cinChildren gives one JSON text a child of a census, its parts in the order of their dates and keys. It chooses nothing:
// every row of the published tables is in it.
const cinChildren = `
	with factors as (
		select person_id, workflow_step_id, {AssessmentFactors: list(factor order by position)} as factors
		from cin_assessment_factors where collection_year = $1 group by all
	),
	assessments as (
		select a.person_id, a.referral_id, list({
			AssessmentActualStartDate: a.started_on, AssessmentAuthorisationDate: a.authorised_on, FactorsIdentifiedAtAssessment: f.factors
		} order by a.position) as parts
		from cin_assessments a left join factors f using (person_id, workflow_step_id)
		where a.collection_year = $1 group by all
	),
	need_plans as (
		select person_id, referral_id, list({CINPlanStartDate: started_on, CINPlanEndDate: ended_on} order by started_on, workflow_step_id) as parts
		from cin_need_plans where collection_year = $1 group by all
	),
	enquiries as (
		select person_id, referral_id, list({
			S47ActualStartDate: started_on, InitialCPCtarget: conference_due_on, DateOfInitialCPC: conference_on,
			ICPCnotRequired: is_conference_not_required::integer
		} order by started_on, workflow_step_id) as parts
		from cin_section_47 where collection_year = $1 group by all
	),
	reviews as (
		select person_id, registration_id, {CPPreviewDate: list(reviewed_on order by reviewed_on)} as days
		from cin_protection_reviews where collection_year = $1 group by all
	),
	plans as (
		select p.person_id, p.referral_id, list({
			CPPstartDate: p.started_on, CPPendDate: p.ended_on, InitialCategoryOfAbuse: p.initial_category,
			LatestCategoryOfAbuse: p.latest_category, NumberOfPreviousCPP: p.count_previous_plans, Reviews: r.days
		} order by p.started_on, p.registration_id) as parts
		from cin_protection_plans p left join reviews r using (person_id, registration_id)
		where p.collection_year = $1 group by all
	),
	details as (
		select d.person_id, list({
			CINreferralDate: d.referred_on, ReferralSource: d.source_of_referral, PrimaryNeedCode: d.need_code,
			CINclosureDate: d.closed_on, ReasonForClosure: d.closure_reason, DateOfInitialCPC: d.initial_conference_on,
			Assessments: a.parts, CINPlanDates: n.parts, Section47: e.parts, ReferralNFA: d.is_no_further_action::integer,
			ChildProtectionPlans: p.parts
		} order by d.position) as parts
		from cin_details d left join assessments a using (person_id, referral_id) left join need_plans n using (person_id, referral_id)
			left join enquiries e using (person_id, referral_id) left join plans p using (person_id, referral_id)
		where d.collection_year = $1 group by all
	),
	disabilities as (
		select person_id, {Disability: list(disability order by position)} as codes from cin_disabilities where collection_year = $1 group by all
	)
	select to_json({
		ChildIdentifiers: {LAchildID: c.la_child_id, UPN: c.upn, FormerUPN: c.former_upn, UPNunknown: c.upn_unknown,
			PersonBirthDate: c.birth_date, ExpectedPersonBirthDate: c.expected_birth_date, Sex: c.sex, PersonDeathDate: c.death_date},
		ChildCharacteristics: {Ethnicity: c.ethnicity, Disabilities: b.codes},
		CINdetails: d.parts
	})::varchar
	from cin_children c inner join details d using (person_id) left join disabilities b using (person_id)
	where c.collection_year = $1 order by c.person_id`

// makeCIN writes the children in need census as the one XML message that is uploaded.
func makeCIN(ctx context.Context, from reportSource, p period) error {
	for _, dataset := range []string{"cin_header", "cin_children", "cin_disabilities", "cin_details", "cin_assessments", "cin_assessment_factors",
		"cin_need_plans", "cin_section_47", "cin_protection_plans", "cin_protection_reviews"} {
		if there, err := from.has(ctx, dataset); err != nil {
			return err
		} else if !there {
			return fmt.Errorf("the agreement does not publish %s", dataset)
		}
	}
	message := returns.CIN{Year: p.Year, DateTime: from.manifest.AsAt.UTC().Format("2006-01-02T15:04:05")}
	err := from.db.QueryRowContext(ctx, "select reference_date::varchar, coalesce(authority_number, '') from cin_header where collection_year = ?", p.Year).
		Scan(&message.ReferenceDate, &message.LEA)
	if err != nil {
		return fmt.Errorf("read cin_header: %w", err)
	}
	return from.write("cin.xml", func(w io.Writer) error { return message.Write(w, from.cinChildren(ctx, p.Year)) })
}

// cinChildren are the children of a census, by their ids.
func (s reportSource) cinChildren(ctx context.Context, year int) iter.Seq2[returns.CINChild, error] {
	return func(yield func(returns.CINChild, error) bool) {
		for row, err := range s.texts(ctx, cinChildren, 1, year) {
			var child returns.CINChild
			if err == nil {
				err = json.Unmarshal([]byte(row[0]), &child)
			}
			if !yield(child, err) || err != nil {
				return
			}
		}
	}
}

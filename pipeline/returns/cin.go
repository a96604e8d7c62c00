package returns

import (
	"context"
	"fmt"
	"io"

	"careshare/pipeline/config"
	"careshare/pipeline/snapshot"
	"careshare/reports/returns"
	"careshare/schedules/london"
	"careshare/sql"
)

// cinRows gives the census's message part by part: the name of a part and its texts, in the order of the message, a referral's parts by
// their dates and keys. It chooses nothing: every row of the published tables is in it.
const cinRows = `
	with details as (
		select details.person_id, details.referral_id, details.position as referral, referred_on, source_of_referral, need_code, closed_on, closure_reason,
			initial_conference_on, is_no_further_action
		from cin_details as details
		inner join cin_children as children on children.collection_year = details.collection_year and children.person_id = details.person_id
		where details.collection_year = $1
	),
	assessments as (
		select person_id, details.referral, position as place, workflow_step_id, started_on, authorised_on
		from cin_assessments inner join details using (person_id, referral_id) where collection_year = $1
	),
	plans as (
		select person_id, details.referral, registration_id, started_on, ended_on, initial_category, latest_category, count_previous_plans
		from cin_protection_plans inner join details using (person_id, referral_id) where collection_year = $1
	),
	parts as (
		select person_id, 0 as referral, 0 as part, 'ChildIdentifiers' as name, la_child_id as a, upn as b, former_upn as c, upn_unknown as d,
			cast(birth_date as varchar) as e, cast(expected_birth_date as varchar) as f, sex as g, cast(death_date as varchar) as h
		from cin_children where collection_year = $1
		union all by name
		select person_id, 0 as referral, 1 as part, 'ChildCharacteristics' as name, ethnicity as a from cin_children where collection_year = $1
		union all by name
		select person_id, 0 as referral, 2 as part, position as place, 'Disability' as name, disability as a from cin_disabilities where collection_year = $1
		union all by name
		select person_id, referral, 0 as part, 'CINdetails' as name, cast(referred_on as varchar) as a, source_of_referral as b, need_code as c,
			cast(closed_on as varchar) as d, closure_reason as e, cast(initial_conference_on as varchar) as f
		from details
		union all by name
		select person_id, referral, 1 as part, place, 'Assessments' as name, cast(started_on as varchar) as a, cast(authorised_on as varchar) as b from assessments
		union all by name
		select person_id, referral, 1 as part, place, factors.position as place_within, 'AssessmentFactors' as name, factor as a
		from cin_assessment_factors as factors inner join assessments using (person_id, workflow_step_id) where collection_year = $1
		union all by name
		select person_id, referral, 2 as part, started_on, workflow_step_id as place, 'CINPlanDates' as name, cast(started_on as varchar) as a, cast(ended_on as varchar) as b
		from cin_need_plans inner join details using (person_id, referral_id) where collection_year = $1
		union all by name
		select person_id, referral, 3 as part, started_on, workflow_step_id as place, 'Section47' as name, cast(started_on as varchar) as a,
			cast(conference_due_on as varchar) as b, cast(conference_on as varchar) as c, cast(cast(is_conference_not_required as integer) as varchar) as d
		from cin_section_47 inner join details using (person_id, referral_id) where collection_year = $1
		union all by name
		select person_id, referral, 4 as part, 'ReferralNFA' as name, cast(cast(is_no_further_action as integer) as varchar) as a from details
		union all by name
		select person_id, referral, 5 as part, started_on, registration_id as place, 'ChildProtectionPlans' as name, cast(started_on as varchar) as a,
			cast(ended_on as varchar) as b, initial_category as c, latest_category as d, cast(count_previous_plans as varchar) as e
		from plans
		union all by name
		select person_id, referral, 5 as part, started_on, registration_id as place, reviewed_on, 'CPPreviewDate' as name, cast(reviewed_on as varchar) as a
		from cin_protection_reviews inner join plans using (person_id, registration_id) where collection_year = $1
	)
	select name, a, b, c, d, e, f, g, h from parts
	order by person_id, referral, part, started_on, place, place_within nulls first, reviewed_on nulls first`

// makeCIN writes the children in need census as the one XML message that is uploaded.
func makeCIN(ctx context.Context, from snapshot.Source, p config.Period) error {
	for _, dataset := range []string{"cin_header", "cin_children", "cin_disabilities", "cin_details", "cin_assessments", "cin_assessment_factors",
		"cin_need_plans", "cin_section_47", "cin_protection_plans", "cin_protection_reviews"} {
		if there, err := from.Has(ctx, dataset); err != nil {
			return err
		} else if !there {
			return fmt.Errorf("the agreement does not publish %s", dataset)
		}
	}
	message, err := census(ctx, from, p)
	if err != nil {
		return fmt.Errorf("read cin_header: %w", err)
	}
	return from.Write("cin.xml", func(w io.Writer) error { return message.Write(w, sql.Texts(ctx, from.DB, cinRows, p.Year)) })
}

// census is what the message says of itself, with its moment by London's clock, since it names no zone.
func census(ctx context.Context, s snapshot.Source, p config.Period) (message returns.CIN, err error) {
	made, err := london.In(s.Manifest.AsAt)
	if err != nil {
		return message, err
	}
	message = returns.CIN{Year: p.Year, DateTime: made.Format("2006-01-02T15:04:05")}
	err = s.DB.QueryRowContext(ctx, "select reference_date::varchar, coalesce(authority_number, '') from cin_header where collection_year = ?", p.Year).
		Scan(&message.ReferenceDate, &message.LEA)
	return message, err
}

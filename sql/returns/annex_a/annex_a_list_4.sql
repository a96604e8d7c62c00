-- grain: collection_year, workflow_step_id, person_id
-- reads: int_annex_a_people, int_annex_a_windows, int_cin_activities, int_cin_referrals, stg_visits
-- publishes to: returns/annex_a_list_4
-- why: assessments that went on at any time in the six months to the day, the assessments of the
--   census. A child was assessed as needing support unless the case was closed after the assessment
--   (RC8, RC9); of one that is not authorised nothing is known yet.
with assessments as (
    select
        windows.collection_year, windows.six_months_from, windows.as_at, activities.person_id,
        activities.source_id as workflow_step_id,
        activities.started_on, case
            when activities.ended_on <= windows.as_at then activities.ended_on end as authorised_on,
            activities.referral_id
    from int_cin_activities as activities
    inner join int_annex_a_windows as windows
        on activities.started_on <= windows.as_at
            and (activities.ended_on is null or activities.ended_on >= windows.six_months_from)
    where activities.kind = 'assessment'
),

seen as (
    select distinct assessments.collection_year, assessments.workflow_step_id, assessments.person_id
    from assessments
    inner join stg_visits as visits
        on visits.person_id = assessments.person_id and visits.is_completed
        and cast(visits.made_at
            as date) between assessments.started_on and coalesce(assessments.authorised_on,
            assessments.as_at)
)

select
    assessments.collection_year, assessments.person_id, assessments.workflow_step_id,
    people.child_id, people.gender, people.ethnicity, people.birth_date, people.age_years,
    people.has_disability,
    assessments.started_on, case when seen.person_id is not null then 'Y' else 'N' end as was_seen,
    assessments.authorised_on,
    case
        when assessments.authorised_on is null then null
        when referrals.closed_on <= assessments.as_at and referrals.closure_reason in ('RC8', 'RC9')
            then 'N'
        else 'Y'
    end as needs_support,
    people.team_name, people.worker_name,
    row_number() over (partition by assessments.collection_year
        order by assessments.started_on, assessments.person_id, assessments.workflow_step_id)
        as row_position
from assessments
inner join int_annex_a_people as people
    on people.collection_year = assessments.collection_year
    and people.person_id = assessments.person_id
left join int_cin_referrals as referrals on referrals.referral_id = assessments.referral_id
left join seen
    on seen.collection_year = assessments.collection_year
        and seen.workflow_step_id = assessments.workflow_step_id
        and seen.person_id = assessments.person_id

-- grain: cina_assessment_id, cina_person_id
-- reads: config.settings, int_cin_activities
-- publishes to: returns/ssd_cin_assessments
-- why: The assessments of the census, of six years
with six_years as (
    select as_at_local, cast(as_at_local - interval '6' year as date) as starts_on
    from config.settings
)

select
    activities.source_id as cina_assessment_id,
    activities.person_id as cina_person_id,
    activities.referral_id as cina_referral_id,
    activities.started_on as cina_assessment_start_date,
    cast(null as varchar) as cina_assessment_child_seen,
    activities.ended_on as cina_assessment_auth_date,
    cast(null as varchar) as cina_assessment_outcome_json,
    cast(null as varchar) as cina_assessment_outcome_nfa,
    cast(null as varchar) as cina_assessment_team,
    cast(null as varchar) as cina_assessment_worker_id
from int_cin_activities as activities
inner join six_years on activities.ended_on is null or activities.ended_on >= six_years.starts_on
where activities.kind = 'assessment'

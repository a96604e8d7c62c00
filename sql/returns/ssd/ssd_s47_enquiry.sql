-- grain: s47e_s47_enquiry_id, s47e_person_id
-- reads: config.settings, int_cin_activities
-- publishes to: returns/ssd_s47_enquiry
-- why: The section 47 enquiries of the census, of six years
with six_years as (
    select as_at_local, cast(as_at_local - interval '6' year as date) as starts_on
    from config.settings
)

select
    activities.source_id as s47e_s47_enquiry_id,
    activities.referral_id as s47e_referral_id,
    activities.person_id as s47e_person_id,
    activities.started_on as s47e_s47_start_date,
    activities.ended_on as s47e_s47_end_date,
    cast(null as varchar) as s47e_s47_nfa,
    cast(null as varchar) as s47e_s47_outcome_json,
    cast(null as varchar) as s47e_s47_completed_by_worker_id,
    cast(null as varchar) as s47e_s47_completed_by_team
from int_cin_activities as activities
inner join six_years on activities.ended_on is null or activities.ended_on >= six_years.starts_on
where activities.kind = 'section_47'

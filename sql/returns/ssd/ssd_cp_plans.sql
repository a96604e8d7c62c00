-- grain: cppl_cp_plan_id, cppl_person_id
-- reads: config.settings, int_cin_activities, int_cin_categories
-- publishes to: returns/ssd_cp_plans
-- why: The child protection plans of the census, of six years; those of other councils are left
--   out
with six_years as (
    select as_at_local, cast(as_at_local - interval '6' year as date) as starts_on
    from config.settings
),

plans as (
    select
        categories.registration_id,
        min_by(coalesce(categories.category, ''), categories.started_on) as first_category,
        max_by(coalesce(categories.category, ''), categories.started_on) as last_category
    from int_cin_categories as categories
    inner join six_years on categories.started_on <= cast(six_years.as_at_local as date)
    group by categories.registration_id
)

select
    activities.source_id as cppl_cp_plan_id,
    activities.referral_id as cppl_referral_id,
    cast(null as varchar) as cppl_icpc_id,
    activities.person_id as cppl_person_id,
    activities.started_on as cppl_cp_plan_start_date,
    activities.ended_on as cppl_cp_plan_end_date,
    nullif(plans.first_category, '') as cppl_cp_plan_initial_category,
    'N' as cppl_cp_plan_ola,
    nullif(plans.last_category, '') as cppl_cp_plan_latest_category
from int_cin_activities as activities
inner join six_years on activities.ended_on is null or activities.ended_on >= six_years.starts_on
left join plans on plans.registration_id = activities.source_id
where activities.kind = 'protection_plan'

-- grain: collection_year, registration_id, person_id
-- reads: config.return_periods, int_cin_activities, int_cin_categories, int_cin_counted
-- publishes to: returns/cin_protection_plans
-- why: child protection plans of a census, with the first category of abuse, the last by the year's
--   end, and how many plans the child had before. Temporary plans are another council's: it counts
--   them
with periods as (
    select year as collection_year, as_at from config.return_periods where return_name = 'cin'
),

plans as (
    select collection_year, person_id, referral_id, source_id as registration_id, started_on,
        ended_on
    from int_cin_counted
    where kind = 'protection_plan'
),

categories as (
    select
        plans.collection_year,
        plans.registration_id,
        nullif(min_by(coalesce(categories.category, ''), categories.started_on), '')
            as first_category,
        nullif(max_by(coalesce(categories.category, ''), categories.started_on), '')
            as last_category
    from plans
    inner join periods on periods.collection_year = plans.collection_year
    inner join int_cin_categories as categories
        on categories.registration_id = plans.registration_id
            and categories.started_on <= periods.as_at
    group by plans.collection_year, plans.registration_id
),

before as (
    select plans.collection_year, plans.registration_id, count(*) as count_before
    from plans
    inner join int_cin_activities as earlier
        on earlier.person_id = plans.person_id and earlier.kind = 'protection_plan'
            and earlier.started_on < plans.started_on
    group by plans.collection_year, plans.registration_id
)

select
    plans.collection_year,
    plans.person_id,
    plans.referral_id,
    plans.registration_id,
    plans.started_on,
    plans.ended_on,
    categories.first_category as initial_category,
    categories.last_category as latest_category,
    coalesce(before.count_before, 0) as count_previous_plans
from plans
left join categories on categories.collection_year = plans.collection_year
    and categories.registration_id = plans.registration_id
left join before on before.collection_year = plans.collection_year
    and before.registration_id = plans.registration_id

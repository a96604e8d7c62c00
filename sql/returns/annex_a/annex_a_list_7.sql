-- grain: collection_year, registration_id
-- reads: int_annex_a_people, int_annex_a_windows, int_cin_activities, int_cin_categories,
--   int_cin_steps, stg_legal_statuses, stg_visits
-- publishes to: returns/annex_a_list_7
-- why: protection plans that ran on the day or ended in the six months to it, the plans of the
--   census; police protection and emergency protection orders are the legal statuses L1 and L2. Of
--   two visits of one moment, the one recorded last counts
with plans as (
    select
        windows.collection_year, windows.as_at, windows.six_months_from, activities.person_id,
        activities.source_id as registration_id,
        activities.started_on, case
            when activities.ended_on <= windows.as_at then activities.ended_on end as ended_on
    from int_cin_activities as activities
    inner join int_annex_a_windows as windows
        on activities.started_on <= windows.as_at
            and (activities.ended_on is null or activities.ended_on >= windows.six_months_from)
    where activities.kind = 'protection_plan'
),

categories as (
    select
        plans.collection_year, plans.registration_id,
        nullif(min_by(coalesce(categories.category, ''), categories.started_on), '')
            as initial_category,
        nullif(max_by(coalesce(categories.category, ''), categories.started_on), '')
            as latest_category
    from plans
    inner join int_cin_categories as categories
        on categories.registration_id = plans.registration_id
            and categories.started_on <= plans.as_at
    group by plans.collection_year, plans.registration_id
),

visited as (
    select
        plans.collection_year, plans.registration_id,
        max(cast(visits.made_at as date)) as last_visited_on,
        max_by(case when visits.is_seen_alone then 'Y' else 'N' end,
            (visits.made_at, visits.visit_id)) as was_seen_alone
    from plans
    inner join stg_visits as visits
        on visits.person_id = plans.person_id and visits.is_completed
        and cast(visits.made_at as date) between plans.started_on and coalesce(plans.ended_on,
            plans.as_at)
    group by plans.collection_year, plans.registration_id
),

reviewed as (
    select plans.collection_year, plans.registration_id,
        max(steps.conference_on) as last_reviewed_on
    from plans
    inner join int_cin_steps as steps
        on steps.person_id = plans.person_id and steps.kind = 'review_conference'
        and steps.conference_on between plans.started_on and coalesce(plans.ended_on, plans.as_at)
    group by plans.collection_year, plans.registration_id
),

orders as (
    select distinct windows.collection_year, statuses.person_id
    from stg_legal_statuses as statuses
    inner join int_annex_a_windows as windows
        on cast(statuses.started_at as date) <= windows.as_at
        and (statuses.ended_at is null
            or cast(statuses.ended_at as date) >= windows.six_months_from)
    where statuses.legal_status in ('L1', 'L2')
),

before as (
    select plans.registration_id, count(distinct earlier.source_id) as count_before
    from plans
    inner join int_cin_activities as earlier
        on earlier.person_id = plans.person_id and earlier.kind = 'protection_plan'
            and earlier.started_on < plans.started_on
    group by plans.registration_id
)

select
    plans.collection_year, plans.person_id, plans.registration_id, people.child_id, people.gender,
    people.ethnicity, people.birth_date, people.age_years, people.has_disability, plans.started_on,
    categories.initial_category, categories.latest_category, visited.last_visited_on,
    visited.was_seen_alone, reviewed.last_reviewed_on, plans.ended_on,
    case when orders.person_id is not null then 'Y' else 'N' end as had_emergency_order,
    coalesce(before.count_before, 0) as count_previous_plans, people.team_name, people.worker_name,
    row_number() over (partition by plans.collection_year
        order by plans.person_id, plans.started_on, plans.registration_id) as row_position
from plans
inner join int_annex_a_people as people
    on people.collection_year = plans.collection_year and people.person_id = plans.person_id
left join categories on categories.collection_year = plans.collection_year
    and categories.registration_id = plans.registration_id
left join visited on visited.collection_year = plans.collection_year
    and visited.registration_id = plans.registration_id
left join reviewed on reviewed.collection_year = plans.collection_year
    and reviewed.registration_id = plans.registration_id
left join orders on orders.collection_year = plans.collection_year
    and orders.person_id = plans.person_id
left join before on before.registration_id = plans.registration_id

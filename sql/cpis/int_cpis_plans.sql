-- grain: person_id, plan_type, started_on
-- reads: config.cpis_legal_statuses, config.settings, int_people, stg_legal_statuses,
--   stg_periods_of_care, stg_personal_rel_types, stg_personal_relationships, stg_placements,
--   stg_registrations
-- why: Every period for which CP-IS must know a child (DCB1609): on a child protection plan (CPP),
--   looked after under section 20, 31 or 38 (LAC), or unborn on a plan, which is held against the
--   mother (UCPP). An unborn child's plan ends with the birth and goes on as the child's own. A
--   child's periods end with the eighteenth birthday. Legal statuses that follow each other without
--   a gap are one period. An end that lies ahead is no end yet, and an end before its own start is
--   no end at all: the protection goes on, and the date is a finding.
with settings as (
    select as_at_local, cast(as_at_local as date) as today from config.settings
),

registrations as (
    select
        registrations.person_id,
        cast(registrations.registered_at as date) as registered_on,
        case
            when registrations.deregistered_at
                between registrations.registered_at and settings.as_at_local
                then cast(registrations.deregistered_at as date)
        end as deregistered_on,
        people.birth_date,
        coalesce(people.birth_date > cast(registrations.registered_at as date),
            people.held_number is null) as is_before_birth,
        coalesce(people.birth_date <= settings.today, people.held_number is not null) as is_born
    from stg_registrations as registrations
    cross join settings
    inner join int_people as people on people.person_id = registrations.person_id
    where registrations.is_child_protection_plan
        and registrations.registered_at <= settings.as_at_local
),

child_protection as (
    select
        person_id, 'CPP' as plan_type,
        case when is_before_birth then birth_date else registered_on end as started_on,
        deregistered_on as ended_on, person_id as child_id
    from registrations
    where is_born and (deregistered_on is null or not is_before_birth
        or deregistered_on > birth_date)
),

mothers as (
    select relationships.person_id as child_id, min(relationships.other_person_id) as mother_id
    from stg_personal_relationships as relationships
    inner join stg_personal_rel_types as types
        on types.personal_rel_type_id = relationships.personal_rel_type_id
    where lower(types.description) = 'mother'
    group by relationships.person_id
),

-- without a known mother the plan stays with the unborn child's own record, where the cohort says
-- what is missing
unborn as (
    select
        coalesce(mothers.mother_id, registrations.person_id) as person_id, 'UCPP' as plan_type,
        registrations.registered_on as started_on,
        case when registrations.is_born
            then earlier_of(registrations.deregistered_on, registrations.birth_date)
            else registrations.deregistered_on end as ended_on,
        registrations.person_id as child_id
    from registrations
    left join mothers on mothers.child_id = registrations.person_id
    where registrations.is_before_birth
),

statuses as (
    select
        statuses.person_id, statuses.period_of_care_id, statuses.started_at,
        coalesce(
            earlier_of(
                case when statuses.ended_at >= statuses.started_at then statuses.ended_at end,
                case when care.ended_at >= care.started_at then care.ended_at end),
            timestamp '9999-12-31 00:00:00') as ended_at
    from stg_legal_statuses as statuses
    cross join settings
    inner join config.cpis_legal_statuses as covered on covered.legal_status = statuses.legal_status
    left join stg_periods_of_care as care on care.period_of_care_id = statuses.period_of_care_id
    where statuses.started_at <= settings.as_at_local
),

marked as (
    select
        person_id, period_of_care_id, started_at, ended_at,
        case
            when started_at <= max(ended_at) over (
                partition by person_id order by started_at, ended_at,
                    period_of_care_id rows between unbounded preceding and 1 preceding
            ) then 0
            else 1
        end as is_first
    from statuses
),

numbered as (
    select
        person_id, period_of_care_id, started_at, ended_at,
        sum(is_first) over (partition by person_id
            order by started_at, ended_at, period_of_care_id rows unbounded preceding) as rank
    from marked
),

adopted as (
    select distinct placements.period_of_care_id
    from stg_placements as placements
    cross join settings
    where placements.is_adopted and placements.ended_at <= settings.as_at_local
),

looked_after as (
    select
        numbered.person_id, 'LAC' as plan_type,
        cast(min(numbered.started_at) as date) as started_on,
        case when max(numbered.ended_at) <= min(settings.as_at_local)
            then cast(max(numbered.ended_at) as date) end as ended_on,
        numbered.person_id as child_id,
        bool_or(adopted.period_of_care_id is not null) as is_adopted
    from numbered
    cross join settings
    left join adopted on adopted.period_of_care_id = numbered.period_of_care_id
    group by numbered.person_id, numbered.rank
),

plans as (
    select person_id, plan_type, started_on, ended_on, child_id, false as is_adopted
    from child_protection
    union all
    select person_id, plan_type, started_on, ended_on, child_id, false as is_adopted from unborn
    union all
    select person_id, plan_type, started_on, ended_on, child_id, is_adopted from looked_after
),

grown_up as (
    select
        plans.person_id, plans.plan_type, plans.started_on, plans.child_id, plans.is_adopted,
        case
            when plans.plan_type <> 'UCPP'
                and children.birth_date + interval '18' year <= settings.today
                then earlier_of(plans.ended_on,
                    cast(children.birth_date + interval '18' year as date))
            else plans.ended_on
        end as ended_on,
        plans.ended_on is null as is_open
    from plans
    cross join settings
    left join int_people as children on children.person_id = plans.child_id
)

select
    person_id, plan_type, started_on,
    case when bool_or(ended_on is null) then null else max(ended_on) end as ended_on,
    min(child_id) as child_id,
    bool_or(is_adopted) as is_adopted,
    bool_or(is_open) as is_open
from grown_up
group by person_id, plan_type, started_on

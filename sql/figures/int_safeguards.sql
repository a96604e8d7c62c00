-- grain: safeguard, category
-- reads: config.settings, consent_refusals, cpis_cohort, int_datasets, int_decisions,
--   int_linked_numbers, int_patient_people, int_patients, int_people, int_scope, ssda903_episodes,
--   stg_periods_of_care, stg_registrations
-- why: The figures that a fault of a source moves first. Each run keeps them and compares them with
--   the last snapshot's before it publishes (check safeguards_breached). A word, a date or a code
--   that is read wrongly shows here as a jump.
-- numerator: value: children, refusals, people, episodes, links or patients of the safeguard
-- denominator: base: what they are counted among
-- source: the case store, the decisions, the linkage and the return of looked-after children in its
--   latest year
-- known limits: a fault that moves no count, such as two people exchanged, does not show
with settings as (
    select as_at_local from config.settings
),

children as (
    select count(*) as count_children from int_people where age_years < 18
),

plans as (
    select count(distinct registrations.person_id) as value
    from stg_registrations as registrations
    cross join settings
    where registrations.is_child_protection_plan
        and registrations.registered_at <= settings.as_at_local
        and (registrations.deregistered_at is null
            or registrations.deregistered_at > settings.as_at_local
            or registrations.deregistered_at < registrations.registered_at)
),

looked_after as (
    select count(distinct care.person_id) as value
    from stg_periods_of_care as care
    cross join settings
    where care.started_at <= settings.as_at_local
        and (care.ended_at is null or care.ended_at > settings.as_at_local)
),

in_scope as (
    select count(*) as count_people from int_scope where in_scope
),

shared as (
    select datasets.dataset, count(decisions.person_id) as value
    from int_datasets as datasets
    left join int_decisions as decisions
        on decisions.dataset = datasets.dataset and decisions.decision = 'shared'
    group by datasets.dataset
),

latest as (
    select max(collection_year) as collection_year from ssda903_episodes
),

reasons as (
    select
        episodes.rne as category, count(*) as value,
        cast(sum(count(*)) over () as bigint) as base
    from ssda903_episodes as episodes
    inner join latest on latest.collection_year = episodes.collection_year
    where episodes.rne is not null
    group by episodes.rne
),

final as (
    select 'cpis_children' as safeguard, 'all' as category, count(distinct child_id) as value,
        max(plans.value) as base
    from plans
    left join cpis_cohort on cpis_cohort.state = 'live'
    union all
    select 'child_protection_plans', 'all', plans.value, children.count_children from plans
    cross join children
    union all
    select 'looked_after_children', 'all', looked_after.value, children.count_children
    from looked_after cross join children
    union all
    select 'standing_refusals', 'all', count(distinct case when is_standing then person_id end),
        count(distinct person_id) from consent_refusals
    union all
    select 'people_shared', shared.dataset, shared.value, in_scope.count_people from shared
    cross join in_scope
    union all
    select 'episode_reason', category, value, base from reasons
    union all
    select 'accepted_links', 'all', count(*), (select count(*) from int_people)
    from int_linked_numbers
    union all
    select 'matched_patients', 'all', count(*), (select count(*) from int_patients)
    from int_patient_people
)

select safeguard, category, cast(value as bigint) as value, cast(base as bigint) as base from final

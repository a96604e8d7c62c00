-- grain: person_id
-- reads: config.settings, int_cpis_plans, int_episodes, int_people, int_scope
-- why: whose NHS number the council may ask the trace service for, and looks after: people in an
--   episode of care, the children whom CP-IS knows (on a child protection plan or looked after, now
--   or within the last twelve months), and the mothers against whose numbers CP-IS holds the plans
--   of unborn children, in an episode themselves or not. Nobody else is traced, and nobody who has
--   died.
with settings as (
    select as_at_local, cast(as_at_local as date) as today from config.settings
),

children as (
    select episodes.person_id, episodes.is_open
    from int_episodes as episodes
    cross join settings
    where episodes.kind in ('child_protection', 'looked_after')
        and (episodes.is_open or episodes.closed_at > settings.as_at_local - interval '12' month)
),

-- where the mother is not known the plan names the unborn child, who has no number yet
mothers as (
    select plans.person_id, plans.ended_on is null as is_open
    from int_cpis_plans as plans
    cross join settings
    where plans.plan_type = 'UCPP' and plans.person_id <> plans.child_id
        and (plans.ended_on is null or plans.ended_on + interval '12' month > settings.today)
),

known as (
    select person_id, is_open from children
    union all
    select person_id, is_open from mothers
),

cpis as (
    select person_id, bool_or(is_open) as is_open from known group by person_id
),

final as (
    select
        people.person_id,
        scope.in_scope,
        cpis.person_id is not null as is_cpis,
        coalesce(cpis.is_open, false) as is_cpis_open
    from int_people as people
    inner join int_scope as scope on scope.person_id = people.person_id
    left join cpis on cpis.person_id = people.person_id
    where not people.is_dead and (scope.in_scope or cpis.person_id is not null)
)

select person_id, in_scope, is_cpis, is_cpis_open from final

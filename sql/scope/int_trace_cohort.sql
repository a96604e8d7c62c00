-- grain: person_id
-- reads: config.settings, int_episodes, int_people, int_scope
-- why: whose NHS number the council may ask the trace service for, and looks after: people in an episode of care, and the
--   children whom CP-IS knows (on a child protection plan or looked after, now or within the last twelve months). Nobody
--   else is traced, and nobody who has died.
with settings as (
    select as_at_local from config.settings
),

children as (
    select episodes.person_id, bool_or(episodes.is_open) as is_open
    from int_episodes as episodes
    cross join settings
    where episodes.kind in ('child_protection', 'looked_after')
        and (episodes.is_open or episodes.closed_at > settings.as_at_local - interval 12 months)
    group by episodes.person_id
),

final as (
    select
        people.person_id,
        scope.in_scope,
        children.person_id is not null as is_cpis,
        coalesce(children.is_open, false) as is_cpis_open
    from int_people as people
    inner join int_scope as scope on scope.person_id = people.person_id
    left join children on children.person_id = people.person_id
    where not people.is_dead and (scope.in_scope or children.person_id is not null)
)

select person_id, in_scope, is_cpis, is_cpis_open from final

-- grain: source, source_id, person_id
-- reads: config.settings, int_episodes, stg_allocated_workers, stg_organisations, stg_worker_roles,
--   stg_workflow_steps
-- why: Every episode that is a workflow step, with the team responsible for it, and every
--   allocation of a worker, with the team of the worker's newest role. Of a person's rows for one
--   team the earliest speaks.
with settings as (select as_at_local from config.settings),

worker_teams as (
    select
        roles.worker_id,
        roles.organisation_id as team_id,
        row_number() over (
            partition by roles.worker_id
            order by roles.started_at desc nulls last, roles.worker_role_id desc
        ) as rank
    from stg_worker_roles as roles
    cross join settings
    where (roles.started_at is null or roles.started_at <= settings.as_at_local)
        and (roles.ended_at is null or roles.ended_at > settings.as_at_local)
),

steps as (
    select
        episodes.person_id, episodes.source, episodes.source_id,
        steps.responsible_team_id as team_id, episodes.opened_at as held_from,
        case when episodes.is_open then null else 'ended' end as excluded_as
    from int_episodes as episodes
    inner join stg_workflow_steps as steps on steps.workflow_step_id = episodes.source_id
    where episodes.source = 'workflow_step'
),

allocations as (
    select
        allocations.person_id, 'allocated_worker' as source, allocations.allocation_id as source_id,
        worker_teams.team_id, allocations.started_at as held_from,
        case
            when allocations.started_at > settings.as_at_local then 'not_started'
            when allocations.ended_at <= settings.as_at_local then 'ended'
        end as excluded_as
    from stg_allocated_workers as allocations
    cross join settings
    left join worker_teams on worker_teams.worker_id = allocations.worker_id
        and worker_teams.rank = 1
),

held as (
    select person_id, source, source_id, team_id, held_from, excluded_as from steps
    union all
    select person_id, source, source_id, team_id, held_from, excluded_as from allocations
),

named as (
    select
        held.person_id, held.source, held.source_id, held.team_id, teams.name as team_name,
        held.held_from,
        coalesce(held.excluded_as, case when teams.name is null then 'no_team' end) as excluded_as
    from held
    left join stg_organisations as teams on teams.organisation_id = held.team_id
),

placed as (
    select
        person_id, source, source_id, team_id, team_name, held_from, excluded_as,
        row_number() over (partition by person_id, team_id, excluded_as
            order by held_from, source, source_id) as rank
    from named
)

select
    person_id, source, source_id, team_id, team_name, cast(held_from as date) as allocated_from,
    case when excluded_as is null and rank > 1 then 'merged' else excluded_as end as excluded_as
from placed

-- grain: person_id
-- reads: allocated_teams_candidates, allocated_workers_candidates, int_return_steps,
--   stg_organisations, stg_workers
-- why: Who mends a finding about a person: the worker whose allocation is the newest of those in
--   force, and that worker's team; where nobody is allocated any more, who was last; where nobody
--   ever was, who did the newest step.
with allocations as (
    select
        person_id, worker_id, worker_name,
        cast(split_part(worker_key, '-', 2) as bigint) as allocation_id, started_on,
        excluded_as is not null as is_ended
    from allocated_workers_candidates
    where coalesce(excluded_as, 'ended') = 'ended' and starts_with(worker_key, 'allocation-')
),

allocated as (
    select
        person_id, worker_id, worker_name, allocation_id,
        row_number() over (partition by person_id
            order by is_ended, started_on desc, allocation_id desc) as rank
    from allocations
),

by_allocation as (
    select allocated.person_id, allocated.worker_id, allocated.worker_name, teams.team_id,
        teams.team_name
    from allocated
    left join allocated_teams_candidates as teams
        on teams.source = 'allocated_worker' and teams.source_id = allocated.allocation_id
            and teams.person_id = allocated.person_id
    where allocated.rank = 1
),

newest_steps as (
    select person_id, max(workflow_step_id) as workflow_step_id
    from int_return_steps
    where started_at is not null and person_id not in (select person_id from by_allocation)
    group by person_id
),

by_step as (
    select
        newest.person_id, workers.worker_id, workers.full_name as worker_name,
        teams.organisation_id as team_id, teams.name as team_name
    from newest_steps as newest
    inner join int_return_steps as steps
        on steps.workflow_step_id = newest.workflow_step_id and steps.person_id = newest.person_id
    left join stg_workers as workers on workers.worker_id = steps.assignee_id
    left join stg_organisations as teams on teams.organisation_id = steps.responsible_team_id
)

select person_id, worker_id, worker_name, team_id, team_name from by_allocation
union all
select person_id, worker_id, worker_name, team_id, team_name from by_step

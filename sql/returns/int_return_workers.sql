-- grain: person_id
-- reads: int_allocated_teams_rows, int_allocated_workers_rows
-- why: Who mends a finding about a person: the worker whose allocation is the newest of those in force, and that
--   worker's team.
with allocated as (
    select
        person_id, worker_id, worker_name, cast(split_part(worker_key, '-', 2) as bigint) as allocation_id,
        row_number() over (partition by person_id order by started_on desc, worker_key desc) as place
    from int_allocated_workers_rows
    where excluded_as is null and starts_with(worker_key, 'allocation-')
)

select allocated.person_id, allocated.worker_id, allocated.worker_name, teams.team_id, teams.team_name
from allocated
left join int_allocated_teams_rows as teams
    on teams.source = 'allocated_worker' and teams.source_id = allocated.allocation_id and teams.person_id = allocated.person_id
where allocated.place = 1

-- grain: person_id
-- reads: config.cpis_duty, config.settings, int_cpis_workers, int_people, stg_allocated_workers,
--   stg_subgroup_people, stg_workflow_steps
-- why: Who must follow up for a child now: the allocated worker while in post; else the duty
--   custodian of the team that the last allocated worker was of, or that is responsible for the
--   child's newest step; else the council's duty custodian.
with settings as (select as_at_local from config.settings),

allocated as (
    select
        allocations.person_id, allocations.worker_id, workers.team_id,
        workers.is_in_post and (allocations.ended_at is null
            or allocations.ended_at > settings.as_at_local) as is_current,
        row_number() over (
            partition by allocations.person_id
            order by
                (workers.is_in_post and (allocations.ended_at is null
                    or allocations.ended_at > settings.as_at_local)) desc,
                allocations.started_at desc, allocations.allocation_id desc
        ) as rank
    from stg_allocated_workers as allocations
    cross join settings
    inner join int_cpis_workers as workers on workers.worker_id = allocations.worker_id
    where allocations.started_at <= settings.as_at_local
),

steps as (
    select
        people.person_id, steps.responsible_team_id as team_id,
        row_number() over (partition by people.person_id
            order by steps.started_at desc, steps.workflow_step_id desc) as rank
    from stg_workflow_steps as steps
    cross join settings
    inner join stg_subgroup_people as people on people.subgroup_id = steps.subgroup_id
    where steps.responsible_team_id is not null and steps.started_at <= settings.as_at_local
),

duty as (
    select duty.team_id, duty.worker_id
    from config.cpis_duty as duty
    inner join int_cpis_workers as workers
        on workers.worker_id = duty.worker_id and workers.is_in_post
),

council as (select min(worker_id) as worker_id from duty where team_id is null),

joined as (
    select
        people.person_id, allocated.worker_id as allocated_worker_id,
        coalesce(allocated.is_current, false) as is_current,
        coalesce(allocated.team_id, steps.team_id) as team_id
    from int_people as people
    left join allocated on allocated.person_id = people.person_id and allocated.rank = 1
    left join steps on steps.person_id = people.person_id and steps.rank = 1
)

select
    joined.person_id, joined.team_id,
    case when joined.is_current
        then joined.allocated_worker_id else coalesce(duty.worker_id, council.worker_id) end
        as worker_id,
    case
        when joined.is_current then 'allocated_worker'
        when duty.worker_id is not null then 'team_duty'
        when council.worker_id is not null then 'council_duty'
        else 'nobody'
    end as rule
from joined
cross join council
left join duty on duty.team_id = joined.team_id

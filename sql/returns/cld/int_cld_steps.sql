-- grain: workflow_step_id, person_id
-- reads: config.cld_steps, config.settings, int_return_steps, stg_people
-- why: The workflow steps of adult social care, with the event that each is and, where it cannot be
--   one, why. Requests, assessments and reviews are events once they are completed; a service from
--   its start; what was cancelled never happened. What is dated after the run, or after the
--   person's death, is no event yet, or none.
with settings as (
    select cast(as_at_local as date) as today from config.settings
),

steps as (
    select
        steps.workflow_step_id, steps.person_id, types.event_type, types.client_type,
        steps.step_status, cast(steps.started_at as date) as started_on,
        cast(case steps.step_status when 'COMPLETED' then steps.completed_at end as date)
            as ended_on,
        steps.responsible_team_id,
        count(*) over (partition by steps.workflow_step_id) as count_people
    from int_return_steps as steps
    inner join config.cld_steps as types
        on types.workflow_step_type_id = steps.workflow_step_type_id
),

final as (
    select
        steps.workflow_step_id, steps.person_id, steps.event_type, steps.client_type,
        steps.started_on,
        case when steps.ended_on <= settings.today then steps.ended_on end as ended_on,
        steps.responsible_team_id, steps.count_people,
        case
            when steps.step_status = 'CANCELLED' then 'cancelled'
            when steps.step_status in ('INCOMING', 'PROPOSED') or steps.started_on > settings.today
                then 'not_started'
            when people.person_id is null then 'person_not_read'
            when steps.started_on is null
                or (steps.step_status = 'COMPLETED' and steps.ended_on is null) then 'undated'
            when steps.started_on > cast(people.died_at as date) then 'after_death'
            when steps.event_type <> 'Service'
                and (steps.ended_on is null or steps.ended_on > settings.today) then 'not_completed'
        end as left_out_as
    from steps
    cross join settings
    left join stg_people as people on people.person_id = steps.person_id
)

select
    workflow_step_id, person_id, event_type, client_type, started_on, ended_on, responsible_team_id,
    count_people, left_out_as
from final

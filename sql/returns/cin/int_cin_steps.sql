-- grain: workflow_step_id, person_id
-- reads: config.cin_plan_steps, config.settings, int_people, int_return_steps,
--   stg_workflow_forwards
-- why: each step of children's casework that the census counts, once for each child that it is
--   about: assessments, section 47 enquiries with the initial conference that came of them,
--   conferences and child in need plans. A step counts once it has begun; one that was cancelled
--   does not, nor one that was completed on no known day. What lies after the run's moment has not
--   happened.
with settings as (
    select as_at_local from config.settings
),

steps as (
    select
        steps.workflow_step_id,
        steps.person_id,
        case
            when steps.is_continuous_assessment then 'assessment'
            when steps.is_section_47_enquiry then 'section_47'
            when steps.conference_category = 'INITIAL' then 'initial_conference'
            when steps.conference_category = 'REVIEW' then 'review_conference'
            when plan_steps.workflow_step_type_id is not null then 'need_plan'
        end as kind,
        cast(steps.started_at as date) as started_on,
        case when steps.step_status = 'COMPLETED' and steps.completed_at <= settings.as_at_local
            then cast(steps.completed_at as date) end as ended_on,
        case when steps.conference_at <= settings.as_at_local
            then cast(steps.conference_at as date) end as conference_on,
        cast(steps.strategy_discussed_at as date) as strategy_discussed_on
    from int_return_steps as steps
    cross join settings
    left join config.cin_plan_steps as plan_steps
        on plan_steps.workflow_step_type_id = steps.workflow_step_type_id
    where steps.started_at <= settings.as_at_local
        and (steps.step_status in ('STARTED', 'REOPENED')
            or steps.step_status = 'COMPLETED' and steps.completed_at is not null
            or steps.step_status = 'CANCELLED' and steps.cancelled_at > settings.as_at_local)
),

conferences as (
    select links.workflow_step_id, min(steps.conference_on) as conference_on
    from stg_workflow_forwards as links
    inner join steps on steps.workflow_step_id = links.subsequent_workflow_step_id
    where steps.kind = 'initial_conference'
    group by links.workflow_step_id
),

led_to as (
    select distinct links.subsequent_workflow_step_id as workflow_step_id
    from stg_workflow_forwards as links
    inner join steps on steps.workflow_step_id = links.workflow_step_id
    where steps.kind = 'section_47'
)

select
    steps.workflow_step_id,
    steps.person_id,
    steps.kind,
    steps.started_on,
    steps.ended_on,
    case when steps.kind = 'section_47' then conferences.conference_on else steps.conference_on end
        as conference_on,
    steps.strategy_discussed_on,
    led_to.workflow_step_id is not null as is_of_enquiry
from steps
inner join int_people as known on known.person_id = steps.person_id
left join conferences on conferences.workflow_step_id = steps.workflow_step_id
left join led_to on led_to.workflow_step_id = steps.workflow_step_id
where steps.kind is not null

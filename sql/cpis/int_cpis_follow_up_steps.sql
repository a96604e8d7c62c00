-- grain: workflow_step_id, message, person_id
-- reads: config.cpis_follow_up_steps, config.form_questions, config.settings, stg_form_answers,
--   stg_form_questions, stg_subgroup_people, stg_workflow_steps
-- why: What the case store says was done about a notification: the steps of the configured types,
--   by the message that their form names. A step is closed when it is completed at a known time
--   with an outcome that means something; one that is cancelled has followed up nothing.
with settings as (select as_at_local from config.settings),

steps as (
    select steps.workflow_step_id, steps.subgroup_id, steps.step_status, steps.incoming_at,
        steps.started_at, steps.completed_at, steps.assignee_id
    from stg_workflow_steps as steps
    inner join config.cpis_follow_up_steps as types
        on types.workflow_step_type_id = steps.workflow_step_type_id
    cross join settings
    where coalesce(earlier_of(steps.incoming_at, steps.started_at),
        steps.completed_at) <= settings.as_at_local
),

answers as (
    select answers.workflow_step_id, fields.field, answers.text_answer
    from stg_form_answers as answers
    inner join stg_form_questions as questions on questions.mapping_id = answers.mapping_id
    inner join config.form_questions as fields
        on fields.question_user_code = questions.question_user_code
    inner join steps on steps.workflow_step_id = answers.workflow_step_id
    where fields.field in ('cpis_message_id', 'cpis_outcome')
),

messages as (
    select distinct workflow_step_id, trim(text_answer) as message
    from answers
    where field = 'cpis_message_id' and text_answer is not null
),

outcomes as (
    select
        workflow_step_id,
        case when count(distinct lower(trim(text_answer))) = 1
            then replace(min(lower(trim(text_answer))), ' ', '_') else 'contradicted' end as outcome
    from answers
    where field = 'cpis_outcome' and text_answer is not null
    group by workflow_step_id
)

select
    steps.workflow_step_id, messages.message, coalesce(people.person_id, -1) as person_id,
    steps.assignee_id,
    coalesce(earlier_of(steps.incoming_at, steps.started_at), steps.completed_at) as seen_at,
    outcomes.outcome,
    case when steps.step_status = 'COMPLETED' and steps.completed_at <= settings.as_at_local
        then steps.completed_at end as completed_at,
    case
        when steps.step_status = 'CANCELLED' then 'cancelled'
        when steps.step_status = 'COMPLETED' and steps.completed_at is null then 'in_progress'
        when steps.step_status = 'COMPLETED' and steps.completed_at <= settings.as_at_local
            and outcomes.outcome in ('no_action', 'contact_made', 'visit',
                'discharge_summary_requested', 'safeguarding_referral') then 'closed'
        when steps.step_status in ('COMPLETED', 'REOPENED')
            or steps.started_at <= settings.as_at_local then 'in_progress'
        else 'seen'
    end as state
from steps
cross join settings
inner join messages on messages.workflow_step_id = steps.workflow_step_id
left join outcomes on outcomes.workflow_step_id = steps.workflow_step_id
left join stg_subgroup_people as people on people.subgroup_id = steps.subgroup_id

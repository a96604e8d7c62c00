-- grain: workflow_step_id, form_id, form_answer_row_id, mapping_id
-- reads: config.accessible_information_steps, config.form_questions, stg_form_answers,
--   stg_form_questions, stg_workflow_steps
-- why: Every answer to a question about communication needs, in a step that asks it: what the
--   conservation table counts for accessible_information.
with questions as (
    select questions.mapping_id
    from stg_form_questions as questions
    inner join config.form_questions as fields
        on fields.question_user_code = questions.question_user_code
    where starts_with(fields.field, 'ais_')
)

select
    answers.workflow_step_id, answers.form_id, answers.form_answer_row_id, answers.mapping_id
from stg_form_answers as answers
inner join stg_workflow_steps as steps on steps.workflow_step_id = answers.workflow_step_id
where answers.mapping_id in (select mapping_id from questions)
    and steps.workflow_step_type_id in (
        select workflow_step_type_id from config.accessible_information_steps
    )

-- grain: consent_request_id, form_id, form_answer_row_id, mapping_id
-- reads: config.consent_steps, config.form_questions, stg_form_answers, stg_form_questions, stg_workflow_steps
-- why: the answers on the forms of consent steps, by our names for the council's questions; everything else on a form
--   is left where it is
with steps as (
    select steps.workflow_step_id
    from stg_workflow_steps as steps
    inner join config.consent_steps as consent_steps on consent_steps.workflow_step_type_id = steps.workflow_step_type_id
),

questions as (
    select questions.mapping_id, fields.field
    from stg_form_questions as questions
    inner join config.form_questions as fields on fields.question_user_code = questions.question_user_code
    where fields.field like 'consent\_%' escape '\'
),

final as (
    select
        answers.workflow_step_id as consent_request_id,
        answers.form_id,
        answers.form_answer_row_id,
        answers.mapping_id,
        questions.field,
        answers.subject_person_id,
        answers.text_answer,
        lower(answers.text_answer) as word,
        answers.answered_at
    from stg_form_answers as answers
    inner join questions on questions.mapping_id = answers.mapping_id
    inner join steps on steps.workflow_step_id = answers.workflow_step_id
)

select
    consent_request_id, form_id, form_answer_row_id, mapping_id, field, subject_person_id, text_answer, word, answered_at
from final

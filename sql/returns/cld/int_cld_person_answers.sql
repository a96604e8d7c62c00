-- grain: workflow_step_id, person_id, field
-- reads: config.cld_questions, int_cld_steps, stg_form_answers, stg_form_questions
-- why: What the forms of adult social care say of a person, whichever event they are about, one row a step, person and question.
--   An answer that names its subject is that person's only, any other is everybody's whom the step is about. Of several lines
--   and forms the newer speaks.
with questions as (
    select questions.mapping_id, fields.field
    from stg_form_questions as questions
    inner join config.cld_questions as fields on fields.question_user_code = questions.question_user_code
    where fields.is_of_person
)

select
    steps.workflow_step_id, steps.person_id, questions.field,
    arg_max(answers.text_answer, (answers.form_id, answers.form_answer_row_id, answers.mapping_id)) as answer
from stg_form_answers as answers
inner join questions on questions.mapping_id = answers.mapping_id
inner join int_cld_steps as steps
    on steps.workflow_step_id = answers.workflow_step_id
    and (answers.subject_person_id is null or answers.subject_person_id = steps.person_id)
where answers.text_answer is not null
group by steps.workflow_step_id, steps.person_id, questions.field

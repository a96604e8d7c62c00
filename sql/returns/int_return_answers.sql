-- grain: workflow_step_id, person_id, field
-- reads: config.adopter_steps, config.cld_questions, config.cld_steps, config.form_questions,
--   config.return_steps, int_return_steps, stg_form_answers, stg_form_questions
-- why: What forms of the returns' own steps and of adult social care's say of a person, by our
--   names for the council's questions; an answer that names no subject is about everyone in the
--   step. Within a step the newest form with the question speaks: a blank there takes back what an
--   older one said, for somebody filled it in again. Of its lines and questions the last that says
--   something speaks. Between steps a blank says nothing: it is not here, and what another step
--   said stands.
with questions as (
    select questions.mapping_id, fields.field, false as is_adults
    from stg_form_questions as questions
    inner join config.form_questions as fields
        on fields.question_user_code = questions.question_user_code
    where fields.field like 'return\_%' escape '\'
    union all
    select questions.mapping_id, fields.field, true
    from stg_form_questions as questions
    inner join config.cld_questions as fields
        on fields.question_user_code = questions.question_user_code
    where fields.is_of_person
),

steps as (
    select steps.workflow_step_id, steps.person_id, kinds.kind, false as is_adults,
        steps.started_at, steps.completed_at
    from int_return_steps as steps
    inner join config.return_steps as kinds
        on kinds.workflow_step_type_id = steps.workflow_step_type_id
    where steps.step_status <> 'CANCELLED'
    union all
    select steps.workflow_step_id, steps.person_id, 'adopters', false, steps.started_at,
        steps.completed_at
    from int_return_steps as steps
    inner join config.adopter_steps as kinds
        on kinds.workflow_step_type_id = steps.workflow_step_type_id
    where steps.step_status <> 'CANCELLED'
    union all
    select steps.workflow_step_id, steps.person_id, null, true, steps.started_at, steps.completed_at
    from int_return_steps as steps
    inner join config.cld_steps as kinds
        on kinds.workflow_step_type_id = steps.workflow_step_type_id
    where steps.step_status <> 'CANCELLED'
),

answered as (
    select
        steps.workflow_step_id, steps.kind, steps.started_at, steps.completed_at, steps.person_id,
        questions.field, answers.text_answer, cast(answers.answered_at as date) as answered_on,
        row_number() over (
            partition by steps.workflow_step_id, steps.person_id, questions.field
            order by
                answers.form_id desc, case
                    when answers.text_answer is null and answers.answered_at is null
                    then 1 else 0 end,
                answers.form_answer_row_id desc, answers.mapping_id desc
        ) as rank
    from stg_form_answers as answers
    inner join questions on questions.mapping_id = answers.mapping_id
    inner join steps
        on steps.workflow_step_id = answers.workflow_step_id
            and steps.is_adults = questions.is_adults
        and (answers.subject_person_id is null or answers.subject_person_id = steps.person_id)
)

select workflow_step_id, kind, person_id, field, text_answer, answered_on, started_at, completed_at
from answered
where rank = 1 and (text_answer is not null or answered_on is not null)

-- grain: consent_request_id, form_id, form_answer_row_id, mapping_id
-- reads: config.consent_words, config.form_questions, stg_form_answers, stg_form_questions
-- why: every answer to a consent question, on whatever step it was recorded. A word means what the
--   configuration says; a word that it does not list, or a blank, has no meaning, and is read in
--   the way that protects most. A subject of 0 or less is nobody: the answer is about everyone in
--   the step.
with questions as (
    select questions.mapping_id, fields.field
    from stg_form_questions as questions
    inner join config.form_questions as fields
        on fields.question_user_code = questions.question_user_code
    where fields.field like 'consent\_%' escape '\'
),

answers as (
    select
        answers.workflow_step_id as consent_request_id,
        answers.form_id,
        answers.form_answer_row_id,
        answers.mapping_id,
        questions.field,
        case when answers.subject_person_id > 0 then answers.subject_person_id end
            as subject_person_id,
        answers.subgroup_id,
        answers.text_answer,
        lower(answers.text_answer) as word,
        answers.answered_at
    from stg_form_answers as answers
    inner join questions on questions.mapping_id = answers.mapping_id
),

final as (
    select
        answers.consent_request_id,
        answers.form_id,
        answers.form_answer_row_id,
        answers.mapping_id,
        answers.field,
        answers.subject_person_id,
        answers.subgroup_id,
        answers.text_answer,
        answers.word,
        words.meaning,
        answers.answered_at
    from answers
    left join config.consent_words as words
        on words.field = answers.field and words.word = answers.word
)

select
    consent_request_id, form_id, form_answer_row_id, mapping_id, field, subject_person_id,
    subgroup_id, text_answer, word, meaning, answered_at
from final

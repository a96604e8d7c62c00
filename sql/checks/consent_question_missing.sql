-- severity: block
-- grain: missing_question
-- reads: config.consent_steps, config.form_questions, stg_form_questions, stg_unread_rows,
--   stg_workflow_steps
-- why: the question by which forms record a decision on consent is not in dm_cached_form_questions,
--   so that every refusal on a step other than a consent step would be lost. Put the question's row
--   back, or set its code in careshare.yaml at consent.questions.consent_decision
with asked as (
    select count(*) as count_steps
    from stg_workflow_steps
    where workflow_step_type_id in (select workflow_step_type_id from config.consent_steps)
),

-- a question's row that cannot be read closes sharing for those who answered it
-- (int_unread_consents)
unread as (
    select question_user_code from stg_unread_rows where table_name = 'dm_cached_form_questions'
)

select questions.question_user_code as missing_question
from config.form_questions as questions
cross join asked
where questions.field = 'consent_decision'
    and asked.count_steps > 0
    and questions.question_user_code not in (
        select question_user_code from stg_form_questions where question_user_code is not null
    )
    and not exists (
        select 1
        from unread
        where coalesce(unread.question_user_code = questions.question_user_code, true)
    )

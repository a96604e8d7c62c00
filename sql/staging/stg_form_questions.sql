-- grain: mapping_id
-- reads: casestore.dm_cached_form_questions
-- why: the questions of forms, by the council's own codes
select
    mapping_id,
    text_of(question_user_code) as question_user_code
from casestore.dm_cached_form_questions

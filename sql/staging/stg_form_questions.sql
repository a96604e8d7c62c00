-- grain: mapping_id
-- reads: casestore.dm_cached_form_questions
-- why: the questions of forms, by the council's own codes, in lower case as the configuration's
--   codes are
select
    mapping_id,
    lower(text_of(question_user_code)) as question_user_code
from casestore.dm_cached_form_questions

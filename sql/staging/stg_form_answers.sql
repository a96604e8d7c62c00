-- grain: workflow_step_id, form_id, form_answer_row_id, mapping_id
-- reads: casestore.dm_cached_form_answers
-- why: the answers on forms
select
    workflow_step_id,
    form_id,
    form_answer_row_id,
    mapping_id,
    subject_person_id,
    subgroup_id,
    text_of(text_answer) as text_answer,
    date_answer as answered_at
from casestore.dm_cached_form_answers

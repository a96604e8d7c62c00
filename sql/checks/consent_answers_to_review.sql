-- severity: warn
-- grain: person_id, dataset, reason
-- reads: int_decisions
-- why: an answer that contradicts another, names nobody or lacks a part closes the dataset until a
--   person has looked
select person_id, dataset, reason
from int_decisions
where gate = 'consented'
    and reason in ('conflict', 'subject_unclear', 'incomplete', 'child_refused',
    'not_able_to_decide')

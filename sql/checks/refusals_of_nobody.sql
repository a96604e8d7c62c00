-- severity: block
-- grain: consent_request_id
-- reads: int_consent_answers, int_consent_subjects
-- why: somebody refused or withdrew on a step that names no person, such as a group: nobody can be
--   protected. Add the person to the step's group, or name them on the answer
select distinct consent_request_id
from int_consent_answers
where field = 'consent_decision'
    and coalesce(meaning, 'refused') in ('refused', 'withdrawn')
    and consent_request_id not in (select consent_request_id from int_consent_subjects)

-- severity: block
-- grain: consent_request_id
-- reads: consent_refusals, int_consent_answers, int_consent_subjects, int_people
-- why: every refusal and withdrawal that a form of the case store holds, about anybody who is
--   there, has its row in the audit
select distinct answers.consent_request_id
from int_consent_answers as answers
inner join int_consent_subjects as subjects
    on subjects.consent_request_id = answers.consent_request_id
inner join int_people as people on people.person_id = subjects.person_id
where answers.field = 'consent_decision'
    and answers.meaning in ('refused', 'withdrawn')
    and (
        subjects.is_by_another
        or answers.subject_person_id is null
        or answers.subject_person_id = subjects.person_id
    )
    and not exists (
        select 1
        from consent_refusals as refusals
        where refusals.consent_request_id = answers.consent_request_id
            and refusals.person_id = subjects.person_id
    )

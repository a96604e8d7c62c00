-- severity: block
-- grain: consent_request_id, person_id
-- reads: consent_refusals, int_consent_answers, int_consent_requests
-- why: every refusal and withdrawal that a form of the case store holds has its row in the audit
select distinct requests.consent_request_id, requests.person_id
from int_consent_requests as requests
inner join int_consent_answers as answers
    on answers.consent_request_id = requests.consent_request_id
    and answers.field = 'consent_decision'
    and answers.word in ('refused', 'withdrawn')
    and (answers.subject_person_id is null or answers.subject_person_id = requests.person_id)
where not exists (
    select 1
    from consent_refusals as refusals
    where refusals.consent_request_id = requests.consent_request_id and refusals.person_id = requests.person_id
)

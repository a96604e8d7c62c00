-- grain: person_id, matter, reference
-- reads: config.withheld_people, int_consent_requests, int_consents, int_nhs_numbers
-- publishes to: audit/matters_for_review
-- why: What a person must look at, and where a person has overruled the gates: numbers and answers in conflict, answers that
--   decide nothing, and everybody whom the council's own word keeps back.
select person_id, 'nhs number in conflict' as matter, reason as reference, cast(null as timestamp) as happened_at
from int_nhs_numbers
where standing = 'conflict'
union all
select person_id, 'consent in conflict: ' || dataset, coalesce('request ' || cast(consent_request_id as varchar), 'several requests'), asked_at
from int_consents
where outcome = 'conflict'
union all
select person_id, 'answer that decides nothing', 'request ' || cast(consent_request_id as varchar), asked_at
from int_consent_requests
where not is_complete or is_contradicted or not is_subject_clear
union all
select person_id, 'withheld by the council', reason, cast(withheld_at at time zone 'Europe/London' as timestamp)
from config.withheld_people

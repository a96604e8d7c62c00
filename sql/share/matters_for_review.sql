-- grain: person_id, matter, reference
-- reads: advocates_and_next_of_kin, config.agreement_datasets, config.withheld_people,
--   int_consent_requests, int_consents, int_nhs_numbers, int_refusing_contacts, int_same_people,
--   int_unread_consents, int_unread_restrictions, stg_personal_relationships
-- publishes to: audit/matters_for_review
-- why: What a person must look at, and where a person has overruled the gates: numbers and answers
--   in conflict, answers that decide nothing, records that cannot be read and close sharing,
--   duplicate records to merge, contacts given despite their refusal, and everybody whom the
--   council withholds.
select person_id, 'nhs number in conflict' as matter, reason as reference,
    cast(null as timestamp) as happened_at
from int_nhs_numbers
where standing = 'conflict'
union all
select person_id, 'consent in conflict: ' || dataset,
    coalesce('request ' || cast(consent_request_id as varchar), 'several requests'), asked_at
from int_consents
where outcome = 'conflict'
union all
select person_id, 'answer that decides nothing', 'request ' || cast(consent_request_id as varchar),
    asked_at
from int_consent_requests
where not is_complete or is_contradicted or not is_subject_clear or is_capacity_unclear
union all
select person_id, 'unreadable consent', record, null
from int_unread_consents
where person_id is not null
union all
select person_id, 'unreadable restriction', record, null
from int_unread_restrictions
where person_id is not null
union all
select person_id, 'duplicate record to merge',
    'record ' || cast(other_person_id as varchar) || ': ' || how, null
from int_same_people
where how <> 'through another record'
union all
select distinct
    relationships.other_person_id, 'given as a contact despite their refusal',
    'record ' || cast(contacts.person_id as varchar) || ', basis '
        || agreed.contacts_despite_refusal, cast(null as timestamp)
from advocates_and_next_of_kin as contacts
inner join stg_personal_relationships as relationships
    on contacts.contact_key = 'personal-' || cast(relationships.personal_relationship_id as varchar)
inner join int_refusing_contacts as refusing on refusing.person_id = relationships.other_person_id
inner join config.agreement_datasets as agreed on agreed.dataset = 'advocates_and_next_of_kin'
where agreed.contacts_despite_refusal is not null
union all
select person_id, 'withheld by the council', reason,
    cast(withheld_at at time zone 'Europe/London' as timestamp)
from config.withheld_people

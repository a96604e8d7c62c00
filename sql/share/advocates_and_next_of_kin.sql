-- grain: person_id, contact_key
-- reads: int_advocates_and_next_of_kin_rows, int_shared
-- publishes to: direct-care/advocates_and_next_of_kin
-- why: Whom health staff should speak to beside the person.
select
    shared.person_id, shared.nhs_number, contacts.contact_key, contacts.role, contacts.relationship, contacts.contact_name,
    contacts.telephone, contacts.has_parental_responsibility, contacts.is_informal_carer, contacts.started_on
from int_advocates_and_next_of_kin_rows as contacts
inner join int_shared as shared on shared.person_id = contacts.person_id and shared.dataset = 'advocates_and_next_of_kin'
where contacts.excluded_as is null

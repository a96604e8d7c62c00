-- severity: block
-- grain: person_id
-- reads: advocates_and_next_of_kin, casestore.dm_personal_relationships, config.agreement_datasets,
--   gate_lawful, int_refusing_contacts
-- why: nobody is given as a contact who refuses that the council shares about them, but on the
--   legal basis that the agreement gives for it
select contacts.person_id, contacts.contact_key
from advocates_and_next_of_kin as contacts
inner join casestore.dm_personal_relationships as relationships
    on contacts.contact_key = 'personal-' || cast(relationships.personal_relationship_id as varchar)
inner join int_refusing_contacts as refusing on refusing.person_id = relationships.other_person_id
left join config.agreement_datasets as agreed on agreed.dataset = 'advocates_and_next_of_kin'
left join gate_lawful as lawful
    on lawful.person_id = contacts.person_id and lawful.dataset = 'advocates_and_next_of_kin'
where coalesce(agreed.contacts_despite_refusal <> lawful.reason, true)

-- severity: block
-- grain: person_id
-- reads: advocates_and_next_of_kin, casestore.dm_personal_relationships, casestore.dm_persons,
--   casestore.dm_telephone_numbers
-- why: no contact is given whose own record is restricted, and no number that stands anywhere as
--   ex-directory for them
with relatives as (
    select
        contacts.person_id, contacts.contact_key, contacts.telephone, relationships.other_person_id
    from advocates_and_next_of_kin as contacts
    inner join casestore.dm_personal_relationships as relationships
        on contacts.contact_key = 'personal-'
            || cast(relationships.personal_relationship_id as varchar)
),

ex_directory as (
    select person_id, telephone_number
    from casestore.dm_telephone_numbers
    where lower(telephone_number_type) like '%directory%'
)

select person_id, contact_key
from relatives
where other_person_id in (select person_id from casestore.dm_persons
    where upper(trim(restricted)) not in ('', 'N'))
    or exists (
        select 1
        from ex_directory
        where ex_directory.person_id = relatives.other_person_id
            and trim(ex_directory.telephone_number) = relatives.telephone
    )

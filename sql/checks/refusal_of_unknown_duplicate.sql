-- severity: block
-- grain: reference_id
-- reads: int_duplicate_references, int_restrictions, int_same_people, int_standing_refusals,
--   int_unread_restrictions
-- why: a person who refuses, or whose record is restricted, has a duplicate record that nobody can
--   name, so that the other record would be shared. Write that record's number into the reference
--   (the review list names it)
with unknown as (
    select
        reference_id,
        person_id,
        'dm_person_references ' || cast(reference_id as varchar)
            || ': reference, names no one record' as record
    from int_duplicate_references
    where other_person_id is null
),

-- such a reference restricts its person itself, which is no reason to restrict the other record
unread as (
    select person_id from int_unread_restrictions where record not in (select record from unknown)
),

closed as (
    select person_id from int_standing_refusals
    union
    select person_id from int_restrictions where reason <> 'unreadable_restriction'
    union
    select person_id from unread
    union
    select records.person_id
    from int_same_people as records
    inner join unread on unread.person_id = records.other_person_id
)

select reference_id, person_id
from unknown
where person_id in (select person_id from closed)

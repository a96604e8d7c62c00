-- severity: block
-- grain: reference_id
-- reads: int_duplicate_references, int_restrictions, int_standing_refusals, int_unread_restrictions
-- why: a person who refuses, or whose record is restricted, has a duplicate record that nobody can name, so that the
--   other record would be shared. Write that record's number into the reference (the review list names it)
with unknown as (
    select
        reference_id,
        person_id,
        'dm_person_references ' || cast(reference_id as varchar) || ': reference, names no one record' as record
    from int_duplicate_references
    where other_person_id is null
),

closed as (
    select person_id, cast(null as varchar) as record from int_standing_refusals
    union
    select person_id, null from int_restrictions where reason <> 'unreadable_restriction'
    union
    select person_id, record from int_unread_restrictions
)

select unknown.reference_id, unknown.person_id
from unknown
where exists (
    select 1
    from closed
    where closed.person_id = unknown.person_id and closed.record is distinct from unknown.record
)

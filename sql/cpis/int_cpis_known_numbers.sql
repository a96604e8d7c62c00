-- grain: nhs_number
-- reads: cpis_uploads, int_nhs_numbers, int_people
-- why: Who an NHS number in a notification is: whom the council sent under it, else whose number it
--   is, else whose it was or is only held. A number of two people is nobody's until somebody has
--   looked.
with claims as (
    select nhs_number, person_id, 1 as rank, 'upload' as matched_by from cpis_uploads
    union
    select nhs_number, person_id, 2 as rank, 'nhs_number' as matched_by from int_nhs_numbers
    union
    select held_number as nhs_number, person_id, 3 as rank, 'held_number' as matched_by
    from int_people
    union
    select replaced_nhs_number as nhs_number, person_id, 4 as rank, 'replaced_number' as matched_by
    from int_nhs_numbers
),

best as (
    select nhs_number, person_id, rank, matched_by,
        min(rank) over (partition by nhs_number) as first_place
    from claims
    where nhs_number is not null
)

select
    nhs_number,
    case when count(distinct person_id) = 1 then min(person_id) end as person_id,
    case when count(distinct person_id) = 1 then min(matched_by) else 'several_people' end
        as matched_by
from best
where rank = first_place
group by nhs_number

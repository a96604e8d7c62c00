-- grain: person_id, nhs_number
-- reads: cpis_acknowledgements, int_nhs_numbers, int_people
-- why: What the NHS last said of a person under a number. An answer counts for a person only under
--   a number that the council holds, or held, for that very person, so that another council's
--   answer says nothing here.
with numbers as (
    select person_id, nhs_number from int_nhs_numbers where nhs_number is not null
    union
    select person_id, replaced_nhs_number as nhs_number from int_nhs_numbers
    where replaced_nhs_number is not null
    union
    select person_id, held_number as nhs_number from int_people where held_number is not null
),

answers as (
    select
        numbers.person_id, numbers.nhs_number, said.record_code, said.created_at as answered_at,
        row_number() over (
            partition by numbers.person_id, numbers.nhs_number
            order by said.created_at desc, said.file desc, said.position desc
        ) as rank
    from cpis_acknowledgements as said
    inner join numbers on numbers.person_id = said.person_id
        and numbers.nhs_number = said.nhs_number
    where said.position > 0 and said.standing
        in ('accepted', 'before_this_program', 'no_longer_kept')
)

select person_id, nhs_number, record_code, answered_at
from answers
where rank = 1

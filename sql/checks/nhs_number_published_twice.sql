-- severity: block
-- grain: person_id
-- reads: int_published
-- why: one NHS number is one person: two people published under one number would read each other's
--   health
with shared_numbers as (
    select nhs_number
    from int_published
    where nhs_number is not null
    group by nhs_number
    having count(distinct person_id) > 1
)

select distinct person_id
from int_published
where nhs_number in (select nhs_number from shared_numbers)

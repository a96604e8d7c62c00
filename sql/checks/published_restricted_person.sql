-- severity: block
-- grain: dataset, person_id
-- reads: casestore.dm_persons, config.withheld_people, int_cpis_sensitive_people, int_nhs_numbers,
--   int_published, int_same_people
-- why: nobody is published whom the case store restricts, whom the health service calls sensitive,
--   or whom the council withholds, on any record of theirs; asked without the gate
with closed as (
    select person_id from casestore.dm_persons where upper(trim(restricted)) not in ('', 'N')
    union
    select person_id from config.withheld_people
    union
    select person_id from int_nhs_numbers where coalesce(is_sensitive, true)
    union
    select person_id from int_cpis_sensitive_people
),

records as (
    select person_id from closed
    union
    select records.person_id
    from int_same_people as records
    inner join closed on closed.person_id = records.other_person_id
)

select dataset, person_id
from int_published
where person_id in (select person_id from records)

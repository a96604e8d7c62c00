-- severity: block
-- grain: dataset, person_id
-- reads: casestore.dm_persons, config.withheld_people, int_published, trace.responses
-- why: nobody is published whom the case store restricts, whom any trace called sensitive, or whom the council
--   withholds; asked of the sources themselves
with closed as (
    select person_id from casestore.dm_persons where upper(trim(restricted)) <> 'N'
    union
    select person_id from config.withheld_people
    union
    select try_cast(local_patient_id as bigint) from trace.responses where trim(error_success_code) = '92'
)

select dataset, person_id
from int_published
where person_id in (select person_id from closed where person_id is not null)

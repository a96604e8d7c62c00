-- grain: offence_id
-- reads: casestore.dm_offences
-- why: offences of looked-after children, and whether they were convicted
select
    offence_id,
    person_id,
    cast(offence_date as date) as offence_on,
    coalesce(upper(text_of(is_convicted)), 'N') = 'Y' as is_convicted
from casestore.dm_offences

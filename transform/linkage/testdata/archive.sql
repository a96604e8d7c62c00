-- Many records a person, as an archive has them: spellings that wander, a third of the dates and places missing, and no number at all.
create or replace table archive as
with copies as (
    select p.*, copy, (p.person * 100 + copy) as i from people p, range(1 + (lot(p.person, 'copies') % 12)::bigint) t(copy)
)
select i::varchar as id, person,
    case when draw(i, 'g') < 0.06 then null when draw(i, 'g') < 0.2 then slip(given, i, 'g') when draw(i, 'g') < 0.24 then 'Sir ' || given when draw(i, 'g') < 0.27 then left(given, 1) else given end as given,
    case when draw(i, 'f') < 0.03 then null when draw(i, 'f') < 0.2 then slip(family, i, 'f') when draw(i, 'f') < 0.24 then slip(slip(family, i, 'f'), i, 'f2') else family end as family,
    case when draw(i, 'd') < 0.2 then null when draw(i, 'd') < 0.26 then slip_date(born_on, i, 'd') when draw(i, 'd') < 0.3 then left(born_on, 4) else born_on end as born_on,
    case when draw(i, 'p') < 0.3 then null when draw(i, 'p') < 0.36 then slip(postcode, i, 'p') else postcode end as postcode,
    case when draw(i, 't') < 0.3 then null when draw(i, 't') < 0.4 then slip(street, i, 't') else street end as street
from copies;

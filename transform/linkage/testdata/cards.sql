-- A thousand cards or so of people who are no relatives: few fields, a fifth of each missing, an address for mail that tells most.
create or replace table cards as
with copies as (
    select p.*, copy, (p.person * 100 + copy) as i, given || '.' || family || '@' || syllable(person % 31) || '.example' as email
    from people p, range(1 + (lot(p.person, 'cards') % 7)::bigint) t(copy) where p.person % 5 = 0
)
select i::varchar as id, person,
    case when draw(i, 'g') < 0.17 then null when draw(i, 'swap') < 0.04 then family when draw(i, 'g') < 0.3 then slip(given, i, 'g') else given end as given,
    case when draw(i, 'f') < 0.18 then null when draw(i, 'swap') < 0.04 then given when draw(i, 'f') < 0.3 then slip(family, i, 'f') else family end as family,
    case when draw(i, 'd') < 0.15 then slip_date(born_on, i, 'd') when draw(i, 'd') < 0.2 then slip_date(slip_date(born_on, i, 'd'), i, 'd2') else born_on end as born_on,
    case when draw(i, 'c') < 0.19 then null when draw(i, 'c') < 0.3 then slip(city, i, 'c') else city end as city,
    case when draw(i, 'e') < 0.21 then null when draw(i, 'e') < 0.35 then slip(email, i, 'e') else email end as email
from (select *, pick(['london', 'leeds', 'birmingham', 'bristol', 'poole', 'luton', 'hull', 'oxford'], power(draw(person, 'city'), 2)) as city from copies);

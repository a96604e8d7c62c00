-- Registers of another century: whole names in one column, spelt by ear, a year where nobody knew the day, a trade and a place instead of an
-- address; two to five entries a person.
create or replace macro by_ear(word, i) as case lot(i, 'ear') % 8
    when 0 then replace(word, 'son', 'sen') when 1 then replace(word, 'ley', 'leigh') when 2 then replace(word, 'i', 'y') when 3 then replace(word, 'kh', 'k')
    when 4 then word || 'e' when 5 then replace(word, 'ton', 'town') else word end;
create or replace table parish as
with entries as (
    select p.*, copy, (p.person * 100 + copy) as i from people p, range(2 + (lot(p.person, 'entries') % 4)::bigint) t(copy)
)
select i::varchar as id, person,
    case when draw(i, 'o') < 0.5 then by_ear(family, i) || ', ' || given else given || ' ' || by_ear(family, i) end as "who is it?",
    case when draw(i, 'd') < 0.4 then left(born_on, 4) when draw(i, 'd') < 0.5 then slip_date(born_on, i, 'd') when draw(i, 'd') < 0.6 then null else born_on end as born_on,
    pick(['weaver', 'smith', 'labourer', 'servant', 'carter', 'widow', 'sailor', 'baker', 'clerk', 'nurse'], draw(person, 'trade')) as trade,
    case when draw(i, 'p') < 0.2 then null else pick(['hackney', 'stepney', 'bow', 'shoreditch', 'hoxton', 'dalston', 'clapton'], draw(person, 'parish')) end as place
from entries;

-- A made-up town, for the tests and the bench: households that share family name and address, brothers and sisters, twins, and a
-- parent's name for a child now and then; else no two of a household have one name. Everything follows from the number of a person, so the same size makes the same town.
-- One hash of one text: DuckDB's hash of several values is too even to draw with.
create or replace macro lot(i, salt) as hash(i::varchar || salt);
create or replace macro draw(i, salt) as lot(i, salt) / 18446744073709551616.0;
create or replace macro pick(list, place) as list[1 + floor(place * len(list))::bigint];
-- Names are as unequal as real ones: the square of a draw prefers the first of the list.
create or replace macro often(i, salt, size) as floor(size * power(draw(i, salt), 2.2))::bigint;
create or replace macro syllable(n) as pick(['bar', 'wil', 'ham', 'stock', 'ley', 'ton', 'mar', 'den', 'rob', 'in', 'sa', 'mu', 'kha', 'ok', 'on', 'kw', 'o', 'pat', 'el', 'sin', 'gh', 'row', 'an', 'der', 'son', 'chap', 'man', 'fitz', 'ger', 'ald', 'hor', 'wood'], draw(n, 'syllable'));
create or replace macro family_name(n) as syllable(n * 7) || syllable(n * 7 + 1) || case when n % 3 > 0 then syllable(n * 7 + 2) else '' end || case when n > 3000 then syllable(n * 7 + 3) else '' end;
create or replace macro slip(word, i, salt) as case floor(4 * draw(i, salt || 'how'))::integer
    when 0 then left(word, 1 + (lot(i, salt) % greatest(length(word) - 1, 1))::bigint) || substr(word, 3 + (lot(i, salt) % greatest(length(word) - 1, 1))::bigint)
    when 1 then left(word, 1 + (lot(i, salt) % length(word))::bigint) || chr(97 + (lot(i, salt || 'x') % 26)::integer) || substr(word, 2 + (lot(i, salt) % length(word))::bigint)
    when 2 then left(word, (lot(i, salt) % length(word))::bigint) || chr(97 + (lot(i, salt || 'x') % 26)::integer) || substr(word, 2 + (lot(i, salt) % length(word))::bigint)
    else substr(word, 2, 1) || left(word, 1) || substr(word, 3) end;
create or replace macro slip_date(day, i, salt) as case floor(4 * draw(i, salt || 'how'))::integer
    when 0 then left(day, 4) || '-' || right(day, 2) || '-' || substr(day, 6, 2)
    when 1 then left(day, 3) || ((lot(i, salt || 'y') % 10)::varchar) || substr(day, 5)
    when 2 then left(day, 9) || ((lot(i, salt || 'd') % 10)::varchar)
    else (left(day, 4)::integer + (lot(i, salt || 'w') % 5)::integer - 2)::varchar || substr(day, 5) end;
create or replace macro postcode_of(n) as pick(['E', 'N', 'SE', 'NW', 'W'], draw(n // 40000, 'area')) || (1 + (n // 4000) % 20) || ' ' || (n // 400) % 10 || chr(65 + (n // 20 % 20)::integer) || chr(65 + (n % 20)::integer);

create or replace table people as
with given_names as (
    select array_agg(distinct root order by hash(root)) as names from town_names
), places as (
    select i, (i // 3)::bigint as household, i % 3 as role, hash(i // 3) % 3 as kind from range(:people) t(i)
), born as (
    select *, case when role = 2 and kind = 0 and draw(household, 'twin') < 0.06 then i - 1 else i end as birth,
        case when role = 0 or kind = 2 then 1937 + floor(56 * draw(household, 'age'))::integer + floor(10 * draw(i, 'apart'))::integer - 2 else 1990 + floor(33 * draw(i, 'age'))::integer end as year
    from places
)
select i as person, household, role,
    names[1 + floor(power(draw(case when role = 2 and draw(i, 'father') < 0.02 then i - 2 else i end, 'given'), 1.8) * (len(names) // 3 - 1))::bigint * 3
        + case when role = 2 and draw(i, 'father') < 0.02 then 0 else role end] as given,
    family_name(often(case when draw(i, 'own') < 0.12 then i + 500000000 else household end, 'family', least(20000 + :people / 50, 60000)::bigint)) as family,
    (date '1935-01-01' + (case when birth = i then (year - 1935) * 365 + (lot(birth, 'day') % 365)::integer
        else ((1990 + floor(33 * draw(birth, 'age'))::integer) - 1935) * 365 + (lot(birth, 'day') % 365)::integer end)::integer)::date::varchar as born_on,
    case when draw(i, 'sex') < 0.5 then '1' else '2' end as sex,
    postcode_of((lot(household, 'home') % greatest(:people // 40, 20))::bigint) as postcode,
    postcode_of((lot(household, 'old home') % greatest(:people // 40, 20))::bigint) as old_postcode,
    (1 + lot(household, 'door') % 90)::varchar || ' ' || syllable(household % 997) || syllable(household % 997 + 5) || ' road' as street
from born, given_names;

-- What a case-work system and a surgery each hold of them. One in ten on either side is not on the other.
create or replace table council as
select 'C' || lpad(person::varchar, 9, '0') as id, person,
    case when draw(person, 'cg') < 0.02 then null when draw(person, 'cg') < 0.05 then slip(given, person, 'cg') else given end as given,
    case when draw(person, 'cf') < 0.03 then slip(family, person, 'cf') else family end as family,
    case when draw(person, 'cd') < 0.02 then null when draw(person, 'cd') < 0.04 then slip_date(born_on, person, 'cd') else born_on end as born_on,
    case when draw(person, 'cs') < 0.02 then '0' else sex end as sex,
    case when draw(person, 'cp') < 0.05 then null when draw(person, 'cp') < 0.2 then postcode || '|' || old_postcode else postcode end as postcode, street
from people where lot(person, 'c') % 10 > 0;
create or replace table surgery as
select 'S' || lpad(lot(person, 's')::varchar, 20, '0') as id, person,
    case when draw(person, 'swap') < 0.01 then family when draw(person, 'sg') < 0.02 then slip(given, person, 'sg') when draw(person, 'sg') < 0.04 then left(given, 1) else given end as given,
    case when draw(person, 'swap') < 0.01 then given when draw(person, 'sf') < 0.02 then slip(family, person, 'sf') when draw(person, 'sf') < 0.05 then family_name(often(person, 'married', 60000)) else family end as family,
    case when draw(person, 'sd') < 0.02 then slip_date(born_on, person, 'sd') else born_on end as born_on,
    case when draw(person, 'ss') < 0.01 then '9' else sex end as sex,
    case when draw(person, 'sp') < 0.12 then old_postcode when draw(person, 'sp') < 0.14 then null else postcode end as postcode, street
from people where lot(person, 's') % 10 > 0;

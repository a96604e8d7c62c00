-- The macros of macros.sql, and three of DuckDB's own functions, as Trino's routines: with them the
-- models run there as they stand, but for those that pipeline/trino_test.go names. `make trino`
-- shows it. A routine has types where a macro has none: one of several kinds stands here once for
-- each.

create function nhs_number_text(number bigint) returns varchar
return case when number between 0 and 9999999999
    then lpad(cast(number as varchar), 10, '0') else cast(number as varchar) end;

create function is_nhs_number_text(ten varchar) returns boolean
return coalesce(regexp_like(ten, '^[0-9]{10}$') and ten not in ('0000000000','9999999999')
    and (11 - (cast(substr(ten,1,1) as integer)*10 + cast(substr(ten,2,1) as integer)*9
        + cast(substr(ten,3,1) as integer)*8 + cast(substr(ten,4,1) as integer)*7
    + cast(substr(ten,5,1) as integer)*6 + cast(substr(ten,6,1) as integer)*5
        + cast(substr(ten,7,1) as integer)*4 + cast(substr(ten,8,1) as integer)*3
        + cast(substr(ten,9,1) as integer)*2) % 11) % 11
    = cast(substr(ten,10,1) as integer), false);

create function is_nhs_number(number varchar) returns boolean
return is_nhs_number_text(number);

create function is_nhs_number(number bigint) returns boolean
return is_nhs_number_text(nhs_number_text(number));

create function fold_name(name varchar) returns varchar
return nullif(regexp_replace(upper(regexp_replace(normalize(name, NFD), '\p{Mn}', '')),
    '[\s\x{00A0}''`´‘’ʼ‐‑‒–—.-]', ''), '');

create function fold_postcode(postcode varchar) returns varchar
return nullif(regexp_replace(upper(postcode), '[\s\x{00A0}]', ''), '');

create function outward_code(postcode varchar) returns varchar
return substr(postcode, 1, greatest(length(postcode) - 3, 0));

create function inward_code(postcode varchar) returns varchar
return case when length(postcode) <= 3 then postcode else substr(postcode, -3) end;

create function spaced_postcode(postcode varchar) returns varchar
return regexp_replace(postcode, '^([A-Z0-9]{2,4})([0-9][A-Z]{2})$', '$1 $2');

create function collection_miles(easting bigint, northing bigint, from_easting bigint,
    from_northing bigint) returns decimal(6,1)
return cast(round(sqrt(power(easting - from_easting, 2)
    + power(northing - from_northing, 2)) / 1000 / 1.6093e0, 1) as decimal(6,1));

create function placement_location(authority varchar, own varchar) returns varchar
return case when authority is null then null when authority = own then 'IN' else 'OUT' end;

create function text_of(value varchar) returns varchar
return nullif(trim(both from regexp_replace(value, '^[ \t\n\r\x{00A0}]+|[ \t\n\r\x{00A0}]+$', '')),
    '');

create function earlier_of(one date, other date) returns date
return coalesce(least(one, other), one, other);

create function later_of(one date, other date) returns date
return coalesce(greatest(one, other), one, other);

create function earlier_of(one timestamp(6), other timestamp(6)) returns timestamp(6)
return coalesce(least(one, other), one, other);

create function later_of(one timestamp(6), other timestamp(6)) returns timestamp(6)
return coalesce(greatest(one, other), one, other);

create function earlier_of(one timestamp(6) with time zone,
    other timestamp(6) with time zone) returns timestamp(6) with time zone
return coalesce(least(one, other), one, other);

create function later_of(one timestamp(6) with time zone,
    other timestamp(6) with time zone) returns timestamp(6) with time zone
return coalesce(greatest(one, other), one, other);

create function digits_of(value varchar) returns varchar
return regexp_replace(value, '[^0-9]', '');

create function lone_number(value varchar) returns bigint
return try_cast(regexp_extract(value, '^[^0-9]*([0-9]+)[^0-9]*$', 1) as bigint);

create function printable(value varchar) returns varchar
return trim(regexp_replace(value, '[\x00-\x1f]', ' '));

create function joined(list array(varchar), separator varchar) returns varchar
return array_join(list, separator);

create function first_of(list array(varchar)) returns varchar
return element_at(list, 1);

create function numbers_below(n bigint) returns array(bigint)
return case when n > 0 then sequence(bigint '0', n - 1) else cast(array[] as array(bigint)) end;

create function sha256_hex(value varchar) returns varchar
return lower(to_hex(sha256(to_utf8(value))));

create function day_digits(moment date) returns varchar
return date_format(moment, '%Y%m%d');

create function day_digits(moment timestamp(6)) returns varchar
return date_format(moment, '%Y%m%d');

create function digits_day(digits varchar) returns date
return case when regexp_like(digits, '^[0-9]{8}$')
    then cast(try(date_parse(digits, '%Y%m%d')) as date) end;

create function day_first(digits varchar) returns date
return cast(case when regexp_like(digits, '^[0-9]{6}$') then try(date_parse(digits, '%d%m%y'))
    when regexp_like(digits, '^[0-9]{8}$') then try(date_parse(digits, '%d%m%Y')) end as date);

create function day_slashed(value varchar) returns date
return cast(try(date_parse(value, '%d/%m/%Y')) as date);

create function age_in_years(birth_date date, on_date date) returns integer
return cast(year(on_date) - year(birth_date)
    - case when month(on_date)*100 + day(on_date) < month(birth_date)*100 + day(birth_date)
    then 1 else 0 end as integer);

create function is_swapped(one date, other date) returns boolean
return (year(one) = year(other) and month(one) = day(other) and day(one) = month(other));

create function trace_moment(value varchar) returns timestamp(6)
return cast(case length(value) when 12 then try(date_parse(value, '%Y%m%d%H%i'))
    when 8 then try(date_parse(value, '%Y%m%d'))
    when 6 then try(date_parse(value || '01', '%Y%m%d'))
        when 4 then try(date_parse(value || '0101', '%Y%m%d')) end as timestamp(6));

create function day_in_name(file varchar) returns timestamp(6)
return trace_moment(nullif(regexp_extract(file, '(^|[^0-9])([0-9]{8})([0-9]{4,6})?([^0-9]|$)', 2),
    ''));

create function is_snomed_code(code varchar) returns boolean
return coalesce(regexp_like(code, '^[1-9][0-9]{5,17}$') and reduce(
    transform(sequence(1, length(code)),
        i -> cast(substr(element_at(array['0123456789','1576283094','5803796142','8916043527','9453126870','4286573901','2793806415','7046913258'], (i - 1) % 8 + 1),
    strpos('0123456789', substr(reverse(code), i, 1)), 1) as bigint)),
    bigint '0',
    (s,
        d) -> cast(substr(element_at(array['0123456789','1234067895','2340178956','3401289567','4012395678','5987604321','6598710432','7659821043','8765932104','9876543210'], cast(s + 1 as integer)), d + 1, 1) as bigint),
    s -> s) = 0, false);

create function given_names(names varchar) returns array(varchar)
return filter(transform(regexp_split(coalesce(names, ''), '\s+'),
    n -> nullif(regexp_replace(upper(regexp_replace(normalize(n, NFD), '\p{Mn}', '')),
    '[\s\x{00A0}''`´‘’ʼ‐‑‒–—.-]', ''), '')), n -> n is not null);

create function hmac_sha256(inner_pad varbinary, outer_pad varbinary,
    message varchar) returns varchar
return lower(to_hex(sha256(outer_pad || sha256(inner_pad || to_utf8(message)))));

create function pseudonym(inner_pad varbinary, outer_pad varbinary, audience varchar, kind varchar,
    id varchar) returns varchar
return substr(hmac_sha256(inner_pad, outer_pad, audience || ':' || kind || ':' || id), 1, 32);

create function regexp_full_match(value varchar, pattern varchar) returns boolean
return regexp_like(value, '^(?:' || pattern || ')$');

create function isodow(d date) returns bigint
return day_of_week(d);

create function isodow(d timestamp(6)) returns bigint
return day_of_week(d);

create function make_date(y bigint, m bigint, d bigint) returns date
return date_add('day', d - 1,
    date_add('month', m - 1, date_add('year', y - 1970, date '1970-01-01')));

create function only_number(numbers varchar) returns varchar
return case when cardinality(array_distinct(split(regexp_replace(numbers,
    '[\s\x{00A0}\x{2000}-\x{200B}\x{202F}\x{2010}-\x{2015}-]', ''), ','))) = 1
    then element_at(split(regexp_replace(numbers,
        '[\s\x{00A0}\x{2000}-\x{200B}\x{202F}\x{2010}-\x{2015}-]', ''), ','), 1) end;

create function security_text(confidentiality varchar, other_labels varchar,
    has_label_without_code boolean) returns varchar
return case when coalesce(confidentiality, other_labels, '') <> '' or other_labels <> ''
    or has_label_without_code
    then coalesce(confidentiality, '') || '|' || coalesce(other_labels, '') || '|'
        || case when has_label_without_code then '?' else '' end end;

create function patient_key(patient_id varchar, patient_nhs_number varchar) returns varchar
return coalesce(patient_id,
    case when is_nhs_number_text(only_number(patient_nhs_number))
    then 'nhs-number:' || only_number(patient_nhs_number) end);

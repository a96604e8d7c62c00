-- What standard SQL cannot say, or says badly: one macro each, so that another engine needs only
-- this file again.

-- Ten digits of a number that was kept as a number and so lost its leading zeros. What has more
-- digits stays as it is.
create macro nhs_number_text(number) as
    case when number between 0 and 9999999999
        then lpad(number::varchar, 10, '0') else number::varchar end;

-- Modulus 11 of a ten-digit NHS number, without the trace service's two sentinels (NHS Data
-- Dictionary, NHS NUMBER). Any text may be asked about; false for null.
create macro is_nhs_number_text(ten) as
    coalesce(
        regexp_full_match(ten, '[0-9]{10}')
        and ten not in ('0000000000', '9999999999')
        and (11 - (strpos('123456789', ten[1]) * 10 + strpos('123456789', ten[2]) * 9
            + strpos('123456789', ten[3]) * 8
                 + strpos('123456789', ten[4]) * 7 + strpos('123456789', ten[5]) * 6
                     + strpos('123456789', ten[6]) * 5
                 + strpos('123456789', ten[7]) * 4 + strpos('123456789', ten[8]) * 3
                     + strpos('123456789', ten[9]) * 2) % 11) % 11
            = strpos('123456789', ten[10]),
        false);

-- The same for text or a whole number.
create macro is_nhs_number(number) as
    is_nhs_number_text(case when typeof(number) = 'VARCHAR'
        then number::varchar else nhs_number_text(try_cast(number as hugeint)) end);

-- A name without what two systems write differently: case, accents, spaces, hyphens, apostrophes,
-- full stops. Null if nothing is left.
create macro fold_name(name) as
    nullif(regexp_replace(upper(strip_accents(name)), '[\s\x{00A0}''`´‘’ʼ‐‑‒–—.-]', '', 'g'), '');

-- A postcode without its space and case. Null if nothing is left.
create macro fold_postcode(postcode) as
    nullif(regexp_replace(upper(postcode), '[\s\x{00A0}]', '', 'g'), '');

-- The two halves of a postcode without its space (BS 7666-0: outward code, and inward code of three
-- characters).
create macro outward_code(postcode) as left(postcode, -3);
create macro inward_code(postcode) as right(postcode, 3);

-- A postcode with the space between its halves. What cannot be one stays as it is.
create macro spaced_postcode(postcode)
    as regexp_replace(postcode, '^([A-Z0-9]{2,4})([0-9][A-Z]{2})$', '\1 \2');

-- Miles as the crow flies between two places of the national grid, by the formula of the children
-- looked after collection: kilometres over 1.6093, to one place.
create macro collection_miles(easting, northing, from_easting, from_northing) as
    cast(round(sqrt(power(easting - from_easting, 2)
        + power(northing - from_northing, 2)) / 1000 / 1.6093, 1) as decimal(6, 1));

-- Whether a placement lies in the council's own area (IN) or not (OUT), by the codes of both
-- authorities. Null where it is not known.
create macro placement_location(authority, own) as
    case when authority is null then null when authority = own then 'IN' else 'OUT' end;

-- Text without the blanks around it. Null if nothing is left. What neither begins nor ends with one
-- is not trimmed: that is nearly everything, and to trim costs several times as much as to look.
create macro text_of(value) as
    case
        when value[1] > ' ' and value[-1] > ' ' and value[1] <> chr(160) and value[-1] <> chr(160)
            then value
        else nullif(trim(value, ' ' || chr(9) || chr(10) || chr(13) || chr(160)), '')
    end;

-- The earlier or the later of two days or moments; where one is not known, the other.
create macro earlier_of(one, other) as least(one, other);
create macro later_of(one, other) as greatest(one, other);

-- The digits of a text, in their order.
create macro digits_of(value) as regexp_replace(value, '[^0-9]', '', 'g');

-- The only whole number in a text. Null where there is none, or more than one.
create macro lone_number(value)
    as try_cast(regexp_extract(value, '^[^0-9]*([0-9]+)[^0-9]*$', 1) as bigint);

-- Text with a blank for each control character, and none around it.
create macro printable(value) as trim(regexp_replace(value, '[\x00-\x1f]', ' ', 'g'));

-- The texts of a list as one, a separator between them; and a list's first element, null of an
-- empty one.
create macro joined(list, separator) as array_to_string(list, separator);
create macro first_of(list) as list[1];

-- The whole numbers from 0, as many as asked for, as a list.
create macro numbers_below(count) as range(count);

-- SHA-256 of a text as 64 hex digits.
create macro sha256_hex(value) as sha256(value);

-- A day as eight digits, YYYYMMDD.
create macro day_digits(moment) as strftime(moment, '%Y%m%d');

-- The day that eight digits are. Null for anything else.
create macro digits_day(digits)
    as cast(case length(digits) when 8 then try_strptime(digits, '%Y%m%d') end as date);

-- A day that is written DDMMYY or DDMMYYYY. Null for anything else.
create macro day_first(digits) as
    cast(case length(digits) when 6 then try_strptime(digits, '%d%m%y')
        when 8 then try_strptime(digits, '%d%m%Y') end as date);

-- A day that is written DD/MM/YYYY. Null for anything else.
create macro day_slashed(value) as cast(try_strptime(value, '%d/%m/%Y') as date);

-- Age in whole years: the birthday itself counts; who was born on 29 February is a year older on 1
-- March in a common year.
create macro age_in_years(birth_date, on_date) as
    (year(on_date) - year(birth_date)
        - case when month(on_date) * 100 + day(on_date) < month(birth_date) * 100 + day(birth_date)
            then 1 else 0 end)::integer;

-- The same day and month, exchanged.
create macro is_swapped(one, other) as
    year(one) = year(other) and month(one) = day(other) and day(one) = month(other);

-- A moment as the trace service writes it: YYYYMMDDHHMM, YYYYMMDD, YYYYMM or YYYY (PDS MESH); the
-- first moment of what is said. Null for anything else.
create macro trace_moment(value) as
    case length(value)
        when 12 then try_strptime(value, '%Y%m%d%H%M')
        when 8 then try_strptime(value, '%Y%m%d')
        when 6 then try_strptime(value || '01', '%Y%m%d')
        when 4 then try_strptime(value || '0101', '%Y%m%d')
    end;

-- The eight digits in a file's name that are its day.
create macro day_in_name(file) as
    trace_moment(nullif(regexp_extract(file, '(^|[^0-9])([0-9]{8})([0-9]{4,6})?([^0-9]|$)', 2),
        ''));

-- A SNOMED CT identifier: 6 to 18 digits, the last of them Verhoeff's check digit (SNOMED CT
-- Release File Specification).
create macro is_snomed_code(code) as
    coalesce(regexp_full_match(code, '[1-9][0-9]{5,17}') and list_reduce(
        list_prepend(0::bigint, list_transform(string_split(reverse(code), ''), lambda digit, place:
            try_cast(['0123456789', '1576283094', '5803796142', '8916043527', '9453126870',
                '4286573901', '2793806415', '7046913258']
                [(place - 1) % 8 + 1][strpos('0123456789', digit)] as bigint))),
        lambda sum, digit:
            try_cast(['0123456789', '1234067895', '2340178956', '3401289567', '4012395678',
                      '5987604321', '6598710432', '7659821043', '8765932104',
                      '9876543210'][sum + 1][digit + 1] as bigint)
    ) = 0, false);

-- Given names one by one, each folded. An empty list if there is none.
create macro given_names(names) as
    list_filter(list_transform(regexp_split_to_array(coalesce(names, ''), '\s+'),
        lambda name: fold_name(name)), lambda name: name is not null);

-- HMAC-SHA-256 (RFC 2104, 2) as 64 hex digits, from the key as it stands before the inner and the
-- outer hash: the key itself, 64 bytes long, each byte exclusive-or 0x36 and 0x5C.
create macro hmac_sha256(inner_pad, outer_pad, message) as
    sha256(outer_pad || unhex(sha256(inner_pad || encode(message))));

-- A pseudonym: the first 128 bits (RFC 2104, 5). The audience and the kind are part of the message,
-- so that neither two audiences nor two kinds of thing ever share one, even under one key.
create macro pseudonym(inner_pad, outer_pad, audience, kind, id) as
    left(hmac_sha256(inner_pad, outer_pad, audience || ':' || kind || ':' || id), 32);

-- The one NHS number that a text gives, as ten digits or what is written in their place: several
-- numbers stand with commas between, and spaces and dashes within one do not count. Null if there
-- is none, or if two differ.
create macro only_number(numbers) as
    case when len(list_distinct(string_split(regexp_replace(numbers,
        '[\s\x{00A0}\x{2000}-\x{200B}\x{202F}\x{2010}-\x{2015}-]', '', 'g'), ','))) = 1
        then string_split(regexp_replace(numbers,
            '[\s\x{00A0}\x{2000}-\x{200B}\x{202F}\x{2010}-\x{2015}-]', '', 'g'), ',')[1] end;

-- The security labels of a health record as one text: codes of HL7's Confidentiality, a bar, all
-- other codes, a bar, and a question mark if a label has no code. Null if there is no label.
create macro security_text(confidentiality, other_labels, has_label_without_code) as
    case when coalesce(confidentiality, other_labels, '') <> '' or other_labels <> ''
        or has_label_without_code
        then coalesce(confidentiality, '') || '|' || coalesce(other_labels, '') || '|'
            || case when has_label_without_code then '?' else '' end end;

-- Who a health record is about: the id of a Patient at its sender, or the NHS number by which the
-- record names its patient.
create macro patient_key(patient_id, patient_nhs_number) as
    coalesce(patient_id, case
        when is_nhs_number_text(only_number(patient_nhs_number))
        then 'nhs-number:' || only_number(patient_nhs_number) end);

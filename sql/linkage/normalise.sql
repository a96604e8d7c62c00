-- Values as they are compared: what two systems write differently is folded away here, once per
-- record, so that a comparison is only ever between two forms of the same shape. Each macro takes
-- text and gives null for nothing.

create or replace macro link_latin(text) as case
    when regexp_matches(text, '[ŁØĐÐŊĦŦƏÆŒÞẞß]')
        then replace(replace(replace(replace(replace(translate(text, 'ŁØĐÐŊĦŦƏ', 'LODDNHTE'),
        'Æ', 'AE'), 'Œ', 'OE'), 'Þ', 'TH'), 'ẞ', 'SS'), 'ß', 'SS')
    else text end;

-- Text in UTF-8 that a system has read as Windows-1252, back to its letters: each mistaken sequence
-- with its letter after it.
create or replace macro link_repaired(raw) as case
    when regexp_matches(raw, '[ÂÃÄÅ]')
        then list_reduce({{texts .Mojibake}}, lambda text, pair: replace(text, pair[:-3], pair[-1]),
        raw)
    else raw end;

-- Letters and digits of any script, in capitals, without accents; apostrophes vanish, all else is
-- one space. Letters that do not lose a mark by themselves (ł ø đ) are written as the Latin letter
-- that other systems write.
create or replace macro link_words(raw) as
    nullif(trim(regexp_replace(regexp_replace(link_latin(upper(strip_accents(raw))), '[''`´‘’ʼ]',
        '', 'g'), '[^\p{L}\p{N}]+', ' ', 'g')), '');
-- What stands in a name's place where nobody knew it, or before the child had one.
create or replace macro link_is_no_name(words) as
    words in ('UNKNOWN', 'NOT KNOWN', 'NK', 'UNNAMED', 'NOT NAMED', 'NONE', 'NULL', 'MALE',
        'FEMALE', 'BOY', 'GIRL');

-- A form of address before the name it belongs to. A title alone stays: it is all that is known.
create or replace macro link_untitled(words) as
    regexp_replace(words,
        '^((MR|MRS|MISS|MS|MX|DR|PROF|PROFESSOR|REV|REVEREND|SIR|DAME|LADY|LORD|MASTER) )+', '');

-- 'Baby of Smith', 'Twin 1', 'Infant girl': a stop-list, applied only where such a word says that
-- this is no name yet.
create or replace macro link_is_newborn(words) as
    regexp_matches(words, '(^| )(BABY|TWIN|TRIPLET|INFANT|NEWBORN)( |$)');

create or replace macro link_one_given(raw) as
    case when link_is_no_name(link_words(raw)) or link_is_newborn(link_words(raw)) then null
         else link_untitled(link_words(raw)) end;

create or replace macro link_one_family(raw) as
    case when link_is_no_name(link_words(raw)) then null
         when link_is_newborn(link_words(raw)) then nullif(trim(regexp_replace(regexp_replace(
             link_words(raw),
             '(^| )(BABY|TWIN|TRIPLET|INFANT|NEWBORN|OF|BOY|GIRL|MALE|FEMALE|[0-9]+)( |$)', ' ',
             'g'),
             '(^| )(BABY|TWIN|TRIPLET|INFANT|NEWBORN|OF|BOY|GIRL|MALE|FEMALE|[0-9]+)( |$)', ' ',
             'g')), '')
         else link_untitled(link_words(raw)) end;

-- Several names of one person stand between | or ;, or in brackets, or after such words as `known
-- as`: each once, the current one first.
create or replace macro link_has_several(raw)
    as regexp_matches(raw, '[|;()"“”]| (?i:aka|a\.k\.a\.?|known as|alias|née|nee|formerly) ');
create or replace macro link_names(raw) as
    string_split_regex(raw,
        '[|;()"“”]| (?i:also known as|known as|aka|a\.k\.a\.?|alias|née|nee|formerly) ');
create or replace macro link_set(names) as
    nullif(array_to_string(list_filter(names, lambda one,
        i: one is not null and (i = 1 or not list_contains(names[:i - 1], one))), '|'), '');
create or replace macro link_given(raw) as case
    when link_has_several(raw)
        then link_set(list_transform(link_names(raw), lambda one: link_one_given(one)))
    else link_one_given(raw) end;
create or replace macro link_family(raw) as case
    when link_has_several(raw)
        then link_set(list_transform(link_names(raw), lambda one: link_one_family(one)))
    else link_one_family(raw) end;

-- A whole name in one column: `Family, Given` where there is a comma, else the last word is the
-- family name.
create or replace macro link_given_part(raw) as
    case when contains(raw, ',')
        then split_part(raw, ',', 2) else regexp_extract(trim(raw), '^(.*)\s+\S+$', 1) end;
create or replace macro link_family_part(raw) as
    case when contains(raw, ',')
        then split_part(raw, ',', 1) else regexp_extract(trim(raw), '(\S+)$', 1) end;

-- A day as yyyymmdd, yyyymm or yyyy: text, not a date, because a wrong day (30 February, month 13)
-- still tells. With separators the year stands first (ISO 8601) or last (day first, as in Britain).
create or replace macro link_date(raw) as
    nullif(case
        when regexp_matches(trim(raw), '^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}') then
            regexp_extract(trim(raw), '^(\d{4})', 1)
                || lpad(regexp_extract(trim(raw), '^\d{4}[-/.](\d{1,2})', 1), 2, '0')
            || lpad(regexp_extract(trim(raw), '^\d{4}[-/.]\d{1,2}[-/.](\d{1,2})', 1), 2, '0')
        when regexp_matches(trim(raw), '^\d{1,2}[-/.]\d{1,2}[-/.]\d{4}') then
            regexp_extract(trim(raw), '[-/.](\d{4})', 1)
                || lpad(regexp_extract(trim(raw), '^\d{1,2}[-/.](\d{1,2})', 1), 2, '0')
            || lpad(regexp_extract(trim(raw), '^(\d{1,2})', 1), 2, '0')
        when regexp_matches(trim(raw), '^\d{4}-\d{2}$') then replace(trim(raw), '-', '')
        when regexp_full_match(trim(raw), '\d{4}|\d{6}|\d{8}|\d{12}|\d{14}') then left(trim(raw), 8)
    end, '');

-- Postcodes, the current one first, then those of earlier addresses: several may stand in one
-- column, between | or ;.
create or replace macro link_postcodes(raw) as
    nullif(list_filter(list_transform(string_split_regex(upper(raw), '[|;,]'),
        lambda one: regexp_replace(one, '[^A-Z0-9]', '', 'g')),
            lambda one: one <> '' and one not like 'ZZ99%'), []);

-- A number or an address for mail: letters and digits only, and the @ and dot that keep two
-- addresses apart.
create or replace macro link_identifier(raw) as
    nullif(regexp_replace(upper(raw), '[^A-Z0-9@.]', '', 'g'), '');

-- Male, female; anything else (0 not known, 9 not specified, blank) says nothing.
create or replace macro link_sex(raw) as
    case when lower(trim(raw)) in ('1', 'm', 'male', 'man', 'boy') then 'M'
         when lower(trim(raw)) in ('2', 'f', 'female', 'woman', 'girl') then 'F' end;

-- Soundex (US National Archives), for blocking only: letters of one sound run together, H and W
-- between them too.
create or replace macro link_sound(word) as
    left(word[1] || regexp_replace(regexp_replace(link_runs(translate(regexp_replace(word, '[HW]',
        '', 'g'),
        'ABCDEFGHIJKLMNOPQRSTUVWXYZ', '01230120022455012623010202'))[2:], '0', '', 'g'), '[^1-6]',
            '', 'g') || '000', 4);
create or replace macro link_runs(digits) as
    regexp_replace(regexp_replace(regexp_replace(
        regexp_replace(regexp_replace(regexp_replace(regexp_replace(
            digits, '0+', '0', 'g'), '1+', '1', 'g'), '2+', '2', 'g'), '3+', '3', 'g'),
        '4+', '4', 'g'), '5+', '5', 'g'), '6+', '6', 'g');

-- How much two values agree: an ordered list of levels for each kind, as NHS England's published
-- settings have them. 0 nothing to compare, 1 the same, then less and less; the last level is
-- `different`. Equal values never come here. The first branch of each CASE mentions the dearest
-- expression: DuckDB then computes it once, else once a branch. Lists of words are dear too:
-- whoever shares words shares letters (Jaccard), which is cheap to see. Damerau-Levenshtein costs
-- eight times a Jaro-Winkler: it stands behind cheaper conditions.

-- One slip of the keyboard: a letter wrong, missing, doubled, or two neighbours exchanged. That is
-- a Damerau-Levenshtein distance of at most 1; only two words of one length that differ in two
-- places need it to be asked. All of it counts bytes.
create or replace macro link_is_one_slip(x, y) as case
    when strlen(x) = strlen(y)
        then hamming(x, y) <= 1 or (case
        when hamming(x, y) = 2 then damerau_levenshtein(x, y) = 1 else false end)
    when abs(strlen(x) - strlen(y)) = 1 then levenshtein(x, y) = 1
    else false end;

-- Words of more than one letter.
create or replace macro link_name_words(words)
    as list_filter(string_split(words, ' '), lambda word: length(word) > 1);
create or replace macro link_count_words(words) as greatest(len(link_name_words(words)), 1);
create or replace macro link_shared_words(x, y)
    as len(list_intersect(link_name_words(x), link_name_words(y)));

-- 3 one slip (Jaro-Winkler 0.92, or one slip of the keyboard); 4 another form of the name (a
-- variant of our lists); 5 initial; 6 beginning or end of the other; 7 all words of one are words
-- of the other; 8 a word in common, and each has another; 9 alike (Jaro-Winkler 0.80, or the same
-- sound); 10 different. The caller adds 2, one of several names is the same, and 11, given and
-- family name exchanged. canon is the words with each variant written as its first form; roots are
-- the first forms of the whole name, forms those of any of its words.
create or replace macro link_name_level(likeness, x, y, x_canon, y_canon, x_roots, y_roots, x_forms,
    y_forms, x_sound, y_sound) as case
    when x_canon = y_canon or list_has_any(x_roots, y_roots) then 4
    when likeness >= 0.92 and not contains(x_canon, ' ') and not contains(y_canon, ' ') then 3
    when likeness >= 0.75 and least(length(x), length(y)) >= 3 and link_is_one_slip(x, y) then 3
    when least(length(x), length(y)) = 1 and x[1] = y[1] then 5
    when (contains(x_canon, ' ') or contains(y_canon, ' ')) and jaccard(x_canon, y_canon) >= 0.3
        and link_shared_words(x_canon, y_canon) > 0 then
        case when link_shared_words(x_canon, y_canon)
            = least(link_count_words(x_canon), link_count_words(y_canon)) then 7 else 8 end
    when (contains(x_canon, ' ') or contains(y_canon, ' ')) and list_has_any(x_forms, y_forms) then
        case when least(link_count_words(x_canon), link_count_words(y_canon)) = 1 then 7 else 8 end
    when likeness >= 0.92 then 3
    when contains(x_canon, ' ') <> contains(y_canon, ' ') and jaccard(x_canon, y_canon) >= 0.2
        and (link_has_part(x_canon, y_canon) or link_has_part(y_canon, x_canon)) then 6
    when contains(x_canon, ' ') <> contains(y_canon, ' ') and jaccard(x_canon, y_canon) >= 0.3
        and (link_has_slip(x_canon, y_canon) or link_has_slip(y_canon, x_canon)) then 9
    when least(length(x), length(y)) >= 3 and (starts_with(x, y) or starts_with(y, x)) then 6
    when least(length(x), length(y)) >= 4 and (ends_with(x, y) or ends_with(y, x)) then 6
    when likeness >= 0.80 or (x_sound = y_sound and x_sound not like '%000') then 9
    else 10 end;

-- One of several words is the one word but for a slip.
create or replace macro link_has_slip(words, word) as length(word) >= 4
    and len(list_filter(string_split(words, ' '),
        lambda one: length(one) >= 4 and link_is_one_slip(one, word))) > 0;

-- One of several words begins or ends with the one word.
create or replace macro link_has_part(words, word) as length(word) >= 3
    and len(list_filter(string_split(words, ' '),
        lambda one: starts_with(one, word) or ends_with(one, word))) > 0;

-- A customary word after a name (lady, lord, lion): it says nothing of a family, so beside another
-- family name it is no evidence.
create or replace macro link_is_honorific(words) as
    words in ('BEGUM', 'BEGAM', 'BIBI', 'KHATUN', 'KHATOON', 'BANO', 'BANU', 'KAUR', 'SINGH',
        'MIAH', 'MIA', 'BAI', 'DEVI', 'KUMARI');

-- 2 all but the same; 3 alike, or half of the words shared; 4 different.
create or replace macro link_text_level(likeness, x, y, x_words, y_words) as case
    when likeness >= 0.92 then 2
    when likeness >= 0.75 and least(length(x), length(y)) >= 3 and link_is_one_slip(x, y) then 2
    when likeness >= 0.80 then 3
    when (contains(x_words, ' ') or contains(y_words, ' ')) and jaccard(x, y) >= 0.5
         and len(list_intersect(string_split(x_words, ' '), string_split(y_words, ' '))) * 2
             >= greatest(len(string_split(x_words, ' ')), len(string_split(y_words, ' '))) then 3
    else 4 end;

create or replace macro link_is_one_digit(x, y) as case
    when hamming(x, y) > 2 then false
    when hamming(x, y) = 2 then damerau_levenshtein(x, y) = 1
    else true end;

-- Text, and whole days as numbers too (yyyymmdd), whose parts are told from each other fast. 2 day
-- and month exchanged; 3 one digit wrong or two neighbours exchanged; 4 two of year, month and day
-- the same, or one date is only the beginning of the other; 5 the year the same; 6 different; 7 the
-- same, but a default date. A default date (1 January, or a date or a day of the year that is
-- over-represented) says nothing of day and month: two of them in different years are different.
create or replace macro link_date_level(x, y, x_day, y_day, x_default, y_default) as case
    when x is null or y is null then 0
    when x = y then case when x_default then 7 else 1 end
    when x_default and y_default then 6
    when x_day is null or y_day is null then case when starts_with(x, y) or starts_with(y, x) then 4
                                                  when left(x, 4) = left(y, 4) then 5 else 6 end
    when x_day // 10000 = y_day // 10000 then case
        when x_day // 100 % 100 = y_day % 100 and x_day % 100 = y_day // 100 % 100 then 2
        when link_is_one_digit(x, y) then 3
        when x_day // 100 = y_day // 100 or x_day % 100 = y_day % 100 then 4
        else 5 end
    when link_is_one_digit(x, y) then 3
    when x_day % 10000 = y_day % 10000 then 4
    else 6 end;

-- The current postcodes with sector and outward code, hashed, and where there are earlier ones too
-- the list of all. 2 one of any address on both sides; 3 one slip; 4 the same sector; 5 the same
-- outward code; 6 different.
create or replace macro link_postcode_level(x, y, x_sector, y_sector, x_outward, y_outward, x_all,
    y_all) as case
    when x is null or y is null then 0
    when x = y then 1
    when coalesce(x_all, y_all) is not null
        and list_has_any(coalesce(x_all, [x]), coalesce(y_all, [y])) then 2
    when link_is_one_slip(x, y) then 3
    when x_sector = y_sector then 4
    when x_outward = y_outward then 5
    else 6 end;
create or replace macro link_sector(x)
    as case when length(x) >= 5 then hash(left(x, length(x) - 2)) end;
create or replace macro link_outward(x) as hash(left(x, greatest(2, length(x) - 3)));

-- 2 one slip; 3 alike; 4 different.
create or replace macro link_identifier_level(x, y) as case
    when x is null or y is null then 0
    when x = y then 1
    when link_is_one_slip(x, y) then 2
    when jaro_winkler_similarity(x, y) >= 0.92 then 3
    else 4 end;

create or replace macro link_sex_level(x, y) as case
    when x is null or y is null then 0
    when x = y then 1
    else 2 end;

-- Two given names that are each a name of its own by our lists: no spelling and no short form of
-- one another.
create or replace macro link_are_two_names(x, y) as x <> y
    and exists (select 1 from linkage.nicknames one where one.name = x)
    and exists (select 1 from linkage.nicknames one where one.name = y)
    and not exists (
        select 1 from linkage.nicknames one join linkage.nicknames other on other.line = one.line
        where one.name = x and other.name = y
            and (one.is_spelling or one.name = one.root or other.name = other.root)
    );

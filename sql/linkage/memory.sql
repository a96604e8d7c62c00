-- What the next linkage starts from: fingerprints, levels and weights, and no value of anybody. In
-- the lake a fingerprint is text and a block's key a bigint, which every engine reads.
create or replace table linkage.linkage_records as select cast(print as varchar) as print
from linkage.prints where copies = 1 order by print;
create or replace table linkage.linkage_pairs as
select cast(a.print as varchar) as left_print, cast(b.print as varchar) as right_print,
    {{texts .Rules}}[c.rule] as rule, c.pattern, c.step, c.weight, c.rarity
from linkage.candidates c
join linkage.prints a on a.r = c.a and a.copies = 1
join linkage.prints b on b.r = c.b and b.copies = 1
order by left_print, right_print;
create or replace table linkage.linkage_blocks as select distinct rule, cast(key as bigint) as key
from linkage.wide order by rule, key;
create or replace table linkage.linkage_values as
{{if .Before}}select print, bearers
from {{.Before}}.linkage_values{{else}}select cast(print as varchar) as print, bearers
from linkage.value_prints{{end}} order by print;

-- What the next linkage starts from: fingerprints, levels and weights, and no value of anybody.
create or replace table linkage.linkage_records as select print from linkage.prints where copies = 1 order by print;
create or replace table linkage.linkage_pairs as
select a.print as left_print, b.print as right_print, {{texts .Rules}}[c.rule] as rule, c.pattern, c.step, c.weight, c.rarity
from linkage.candidates c
join linkage.prints a on a.r = c.a and a.copies = 1
join linkage.prints b on b.r = c.b and b.copies = 1
order by left_print, right_print;
create or replace table linkage.linkage_blocks as select distinct rule, key from linkage.wide order by rule, key;
create or replace table linkage.linkage_values as
{{if .Before}}select print, bearers from {{.Before}}.linkage_values{{else}}select print, bearers from linkage.value_prints{{end}} order by print;

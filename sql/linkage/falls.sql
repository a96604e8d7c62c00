-- How the weights of some pairs came about, part by part: one row a part, in the order in which
-- they are added up.
create or replace table linkage.falls as
with asked as (
    select p.* from {{.Pairs}} p
    semi join {{.Of}} o on o.left_id = p.left_id and o.right_id = p.right_id
)
select left_id, right_id, 0 as place, 'prior' as what, 'two records at random' as level,
    prior_bits as bits from asked
{{- range .Comparisons}}
union all select left_id, right_id, {{.N}}, {{quote .Name}}, {{column .Name ""}},
    {{column .Name "_bits"}} from asked
{{- end}}
union all select left_id, right_id, {{inc (len .Comparisons)}}, 'rarity',
    'of the values that are the same', rarity_bits from asked
union all select left_id, right_id, {{inc (inc (len .Comparisons))}}, 'relatives',
    'who would agree as well', relative_bits from asked;

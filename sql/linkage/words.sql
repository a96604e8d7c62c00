-- The distinct spellings of one dictionary: given and family names share one, so that an exchange of the two is seen by number.
-- Blanks inside a value are not part of it (Smith Jones, Smith-Jones, Smithjones): v numbers values, w spellings. What two records
-- have in common follows from them alone, never from how a third is spelt.
create or replace table linkage.words_{{.Dictionary}} as
select (row_number() over (order by folded, words))::integer as w, (dense_rank() over (order by folded))::integer as v,
    folded, words, hash(folded) as stable, link_sound(folded) as sound{{if .IsName}}, roots{{end}}
from (
    select distinct replace(form, ' ', '') as folded, form as words
    from ({{range $i, $n := .Members}}{{if $i}} union {{end}}select form from linkage.forms_{{$n}} where form is not null{{end}})
)
{{- if .IsName}}
left join (select name, list(distinct root order by root) as roots from linkage.nicknames group by name) on name = folded
{{- end}};
create or replace table linkage.levels_{{.Dictionary}} (pair bigint, level utinyint);

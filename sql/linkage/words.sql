-- The distinct values of one dictionary, numbered: given and family names share one, so that an exchange of the two is seen by
-- number. Blanks inside a value are not part of it (Smith Jones, Smith-Jones, Smithjones); the spelling that sorts first, with its blanks, is kept.
create or replace table linkage.words_{{.Dictionary}} as
select (row_number() over (order by folded))::integer as v, folded, words, link_sound(folded) as sound{{if .IsName}}, roots{{end}}
from (
    select replace(form, ' ', '') as folded, min(form) as words
    from ({{range $i, $n := .Members}}{{if $i}} union {{end}}select form from linkage.forms_{{$n}} where form is not null{{end}})
    group by folded
)
{{- if .IsName}}
left join (select name, list(distinct root order by root) as roots from linkage.nicknames group by name) on name = folded
{{- end}};
create or replace table linkage.levels_{{.Dictionary}} (a integer, b integer, level utinyint);

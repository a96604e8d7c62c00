-- Each pair with its levels as one number, four bits a comparison: pairs of one pattern have one
-- weight. Given and family name exchanged is said by the given name alone (11); the family name
-- then says nothing, so that one slip counts once.
create or replace table linkage.patterns as
select a, b, {{range $i, $c := .Comparisons}}{{if $i}} + {{end}}(
{{- if and $.Crossed (eq .N $.Given)}}case
    when is_crossed and c{{$.Given}} <> 1 and c{{$.Family}} <> 1 then 11 else c{{.N}} end
{{- else if and $.Crossed (eq .N $.Family)}}case
    when is_crossed and c{{$.Given}} <> 1 and c{{$.Family}} <> 1 then 0 else c{{.N}} end
{{- else}}c{{.N}}{{end}}::bigint << {{.Shift}}){{end}} as pattern
from (
    select p.a, p.b{{if .Crossed}}, p.is_crossed{{end}}
    {{- range .Comparisons}},
    {{if .IsWords}}case when p.k{{.N}} is null then 0
    when p.k{{.N}} = 0 then 1 else d{{.N}}.level end{{else}}p.c{{.N}}{{end}} as c{{.N}}{{end}}
    from linkage.compared p
    {{- range .Comparisons}}{{if .IsWords}}
    left join linkage.levels_{{.Dictionary}} d{{.N}} on d{{.N}}.pair = p.k{{.N}}{{end}}{{end}}
);

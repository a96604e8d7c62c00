-- Every record with its values by number (v), and by itself (s) where a comparison needs no dictionary.
create or replace table linkage.records as
select raw.r, raw.side
{{- range .Comparisons}}, w{{.N}}.v as v{{.N}}{{if .IsWords}}, w{{.N}}.sound as h{{.N}}{{else}}, w{{.N}}.form as s{{.N}}{{end}}{{end}}
from linkage.raw
{{- range .Comparisons}}
left join (select f.raw, w.* from linkage.forms_{{.N}} f join linkage.words_{{.Dictionary}} w on w.{{if .IsWords}}folded = replace(f.form, ' ', ''){{else}}form = f.form{{end}}) w{{.N}}
    on w{{.N}}.raw = raw.x{{.N}}
{{- end}}
order by raw.r;
{{range .Comparisons}}
create or replace table linkage.frequencies_{{.N}} as
select v{{.N}} as v, count(*) / sum(count(*)) over () as frequency
from linkage.records where v{{.N}} is not null group by v{{.N}};
drop table linkage.forms_{{.N}};
{{- end}}

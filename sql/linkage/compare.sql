-- The candidate pairs with what must be compared: numbers of spellings where a dictionary is used (one number for one value), levels where it is not.
create or replace table linkage.compared as
select p.a, p.b
{{- range .Comparisons}}
{{- if .IsWords}},
    if(x.v{{.N}} + y.v{{.N}} is null, null, least(x.w{{.N}}, y.w{{.N}})) as l{{.N}},
    if(x.v{{.N}} + y.v{{.N}} is null, null, if(x.v{{.N}} = y.v{{.N}}, least(x.w{{.N}}, y.w{{.N}}), greatest(x.w{{.N}}, y.w{{.N}}))) as g{{.N}}
{{- else if eq .Kind "postcode"}},
    link_postcode_level(x.s{{.N}}, y.s{{.N}}, x.p{{.N}}, y.p{{.N}})::utinyint as c{{.N}}
{{- else}},
    link_{{.Kind}}_level(x.s{{.N}}, y.s{{.N}})::utinyint as c{{.N}}
{{- end}}{{end}}
{{- if .Crossed}},
    coalesce(x.v{{.Given}} = y.v{{.Family}}, false) or coalesce(x.v{{.Family}} = y.v{{.Given}}, false) as is_crossed
{{- end}}
from linkage.pairs p
join linkage.records x on x.r = p.a
join linkage.records y on y.r = p.b;

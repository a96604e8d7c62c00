-- The candidate pairs with what must be compared: where a dictionary is used the two spellings as
-- one number (0 for one value, null where one is missing), else the level.
create or replace table linkage.compared as
select p.a, p.b
{{- range .Comparisons}}
{{- if .IsWords}},
    if(x.v{{.N}} = y.v{{.N}}, 0,
        if(x.w{{.N}} < y.w{{.N}}, x.w{{.N}}::bigint << 32 | y.w{{.N}},
        y.w{{.N}}::bigint << 32 | x.w{{.N}})) as k{{.N}}
{{- else if eq .Kind "postcode"}},
    link_postcode_level(x.s{{.N}}, y.s{{.N}}, x.q{{.N}}, y.q{{.N}}, x.o{{.N}}, y.o{{.N}}, x.p{{.N}},
        y.p{{.N}})::utinyint as c{{.N}}
{{- else if eq .Kind "date"}},
    link_date_level(x.s{{.N}}, y.s{{.N}}, x.d{{.N}}, y.d{{.N}}, x.u{{.N}}, y.u{{.N}})::utinyint
        as c{{.N}}
{{- else}},
    link_{{.Kind}}_level(x.s{{.N}}, y.s{{.N}})::utinyint as c{{.N}}
{{- end}}{{end}}
{{- if .Crossed}},
    coalesce(x.v{{.Given}} = y.v{{.Family}} and x.v{{.Family}} = y.v{{.Given}}, false)
        or coalesce(x.bag = y.bag, false)
    -- where one side writes a further given name, the other's family name is among its given names
    or coalesce(x.v{{.Given}} = y.v{{.Family}}
        and list_has_all(y.g{{.Given}}, coalesce(x.g{{.Family}}, [x.t{{.Family}}])), false)
    or coalesce(y.v{{.Given}} = x.v{{.Family}}
        and list_has_all(x.g{{.Given}}, coalesce(y.g{{.Family}}, [y.t{{.Family}}])), false)
        as is_crossed
{{- end}}
from linkage.pairs p
join linkage.records x on x.r = p.a
join linkage.records y on y.r = p.b;

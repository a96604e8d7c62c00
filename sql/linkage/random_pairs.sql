-- Pairs drawn at random, with a seed, from which the chance agreement u is learned; all pairs where
-- there are few.
create or replace table linkage.pairs as
{{- if .All}}
select x.r as a, y.r as b
from linkage.records x join linkage.records y
on {{if .Dedupe}}x.r < y.r{{else}}x.side = 0 and y.side = 1{{end}};
{{- else}}
select distinct {{if .Dedupe}}least(a, b) as a, greatest(a, b) as b{{else}}a, b{{end}}
from (
    select (hash(2 * i + {{.Seed}} * 1000003) % {{.LeftRows}})::integer as a,
        ({{.RightFrom}} + hash(2 * i + 1 + {{.Seed}} * 1000003) % {{.RightRows}})::integer as b
    from range({{.Sample}}) draws(i)
)
where a <> b;
{{- end}}

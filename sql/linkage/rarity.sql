-- Term frequency: agreement on a rare value says more than on a common one, by log2(usual frequency
-- / frequency of the value). The usual one is what a record meets on average: the sum of squares.
-- Copies of one person raise both alike, so that a value that is frequent only because its bearer
-- is stands as it would for a bearer of one record. Both are whole counts of the day when the
-- parameters were learned.
create or replace table linkage.rarity as
select r.r{{range .Comparisons}},
    coalesce(log2({{num (index $.Squares .N)}} / ({{num (index $.Bearers .N)}} * f{{.N}}.bearers)),
    0)::float as t{{.N}}{{end}}
from linkage.records r
{{- range .Comparisons}}
left join linkage.frequencies_{{.N}} f{{.N}} on f{{.N}}.v = r.v{{.N}}
{{- end}}
order by r.r;

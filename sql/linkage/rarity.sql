-- Term frequency: agreement on a rare value says more than on a common one, by log2(u of `the same` / frequency of the value).
-- A value that two records bear is counted as borne by two at least.
create or replace table linkage.rarity as
select r.r{{range .Comparisons}}, coalesce(log2({{num (index $.Exact .N)}} / greatest(f{{.N}}.frequency, 2 * f{{.N}}.frequency / f{{.N}}.count_records)), 0)::float as t{{.N}}{{end}}
from linkage.records r
{{- range .Comparisons}}
left join linkage.frequencies_{{.N}} f{{.N}} on f{{.N}}.v = r.v{{.N}}
{{- end}}
order by r.r;

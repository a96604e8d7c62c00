-- Term frequency: agreement on a rare value says more than on a common one, by log2(usual frequency / frequency of the value).
-- The usual one is what a record meets on average: the sum of squares. Copies of one person raise both alike, so that a value that
-- is frequent only because its bearer is stands as it would for a bearer of one record. Counts are whole numbers, so their order is all one.
create or replace table linkage.rarity as
select r.r{{range .Comparisons}}, coalesce(log2(s{{.N}}.squares / (s{{.N}}.bearers * f{{.N}}.bearers::double)), 0)::float as t{{.N}}{{end}}
from linkage.records r
{{- range .Comparisons}}
left join linkage.frequencies_{{.N}} f{{.N}} on f{{.N}}.v = r.v{{.N}}
cross join (select sum(bearers)::double as bearers, sum(bearers * bearers)::double as squares from linkage.frequencies_{{.N}}) s{{.N}}
{{- end}}
order by r.r;

-- The frequencies as they were learned, in place of today's. A value that nobody bore then has one
-- bearer.
{{range .Comparisons}}
create or replace table linkage.frequencies_{{.N}} as
select p.v, coalesce(max(k.bearers), 1) as bearers
from linkage.value_prints p
left join {{$.Before}}.linkage_values k on cast(k.print as uuid) = p.print
where p.n = {{.N}} group by p.v;
{{- end}}

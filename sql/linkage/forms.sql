-- A dictionary of one comparison: each distinct spelling is normalised once, however many records
-- bear it.
create or replace table linkage.forms_{{.N}} as
select raw, link_{{.Normal}}({{if .IsWords}}link_repaired(raw){{else}}raw{{end}}) as form
from (select distinct x{{.N}} as raw from linkage.raw where x{{.N}} is not null);

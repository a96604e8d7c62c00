-- The distinct values of a comparison that is cheap enough to be made pair by pair, with what it needs of each; of postcodes the
-- current one.
create or replace table linkage.words_{{.N}} as
select (row_number() over (order by form))::integer as v, form
{{- if eq .Kind "date"}}, case when length(form) = 8 then form::integer end as day{{end}}
{{- if eq .Kind "postcode"}}, link_sector(form) as sector, link_outward(form) as outward{{end}}
from (select distinct {{if eq .Kind "postcode"}}form[1] as form{{else}}form{{end}} from linkage.forms_{{.N}} where form is not null);

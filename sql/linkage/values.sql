-- The distinct values of a comparison that is cheap enough to be made pair by pair; of postcodes the current one.
create or replace table linkage.words_{{.N}} as
select (row_number() over (order by form))::integer as v, form
from (select distinct {{if eq .Kind "postcode"}}form[1] as form{{else}}form{{end}} from linkage.forms_{{.N}} where form is not null);

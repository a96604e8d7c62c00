-- The distinct values of a comparison that is cheap enough to be made pair by pair.
create or replace table linkage.words_{{.N}} as
select (row_number() over (order by form))::integer as v, form
from (select distinct form from linkage.forms_{{.N}} where form is not null);

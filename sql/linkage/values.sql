-- The distinct values of a comparison that is cheap enough to be made pair by pair, with what it
-- needs of each; of postcodes the current one. A date is a default where it is 1 January, or far
-- more people than is usual bear it or its day and month: systems and offices write it where they
-- know the year only.
create or replace table linkage.words_{{.N}} as
{{- if eq .Kind "date"}}
with bearers as (
    select f.form, count(*) as records,
        count(distinct coalesce({{.Bearer}}, raw.r::varchar)) as bearers
    from linkage.raw join linkage.forms_{{.N}} f on f.raw = raw.x{{.N}} where length(f.form) = 8
    group by f.form
), measured as (
    select form, bearers, sum(bearers) over (partition by substr(form, 5)) as day_bearers,
        sum(bearers) over (partition by left(form, 4)) as year_bearers,
        sum(bearers) over () as all_bearers
    from bearers
)
select (row_number() over (order by f.form))::integer as v, f.form,
    case when length(f.form) = 8 then f.form::integer end as day,
    coalesce(substr(f.form, 5) = '0101'
        or (m.day_bearers >= 30 and m.day_bearers * 365 > 5 * m.all_bearers)
        or (m.bearers >= 12 and m.bearers * 365 > 10 * m.year_bearers), false) as is_default
from (select distinct form from linkage.forms_{{.N}} where form is not null) f
left join measured m on m.form = f.form;
{{- else}}
select (row_number() over (order by form))::integer as v, form
{{- if eq .Kind "postcode"}}, link_sector(form) as sector, link_outward(form) as outward{{end}}
from (select distinct {{if eq .Kind "postcode"}}form[1] as form{{else}}form{{end}}
    from linkage.forms_{{.N}} where form is not null);
{{- end}}

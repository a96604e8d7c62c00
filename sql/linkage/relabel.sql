-- One round of connected components: the least label among a record's neighbours, then the label of
-- that label.
create or replace table linkage.relabelled as
with nearest as (
    select l.r, least(l.label, coalesce(min(n.label), l.label)) as label
    from linkage.labels l left join linkage.edges e on e.a = l.r
    left join linkage.labels n on n.r = e.b
    group by l.r, l.label
)
select n.r, least(n.label, j.label) as label from nearest n join nearest j on j.r = n.label;

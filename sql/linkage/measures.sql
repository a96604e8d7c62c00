-- The labels, for measuring only: true pairs, pairs within clusters, and each pair that was kept
-- with its truth.
create or replace table linkage.judged as
select d.weight, d.outcome, coalesce(x.truth = y.truth, false) as is_true
from linkage.decided d join linkage.raw x on x.r = d.a join linkage.raw y on y.r = d.b;
create or replace table linkage.measured as
with people as (
    select raw.truth, l.label, count(*) filter (raw.side = 0) as lefts,
        count(*) filter (raw.side = 1) as rights
    from linkage.raw join linkage.labels l on l.r = raw.r group by raw.truth, l.label
), counted as (
    select {{if .Dedupe}}sum(n * (n - 1)) / 2{{else}}sum(n * m){{end}} as pairs, kind from (
        select 'truth' as kind, sum(lefts) as n, sum(rights) as m from people
        where truth is not null group by truth
        union all select 'cluster', sum(lefts), sum(rights) from people group by label
        union all select 'both', lefts, rights from people where truth is not null
    ) group by kind
)
select coalesce(max(pairs) filter (kind = 'truth'), 0)::bigint as true_pairs,
    coalesce(max(pairs) filter (kind = 'cluster'), 0)::bigint as cluster_pairs,
    coalesce(max(pairs) filter (kind = 'both'), 0)::bigint as cluster_true
from counted;

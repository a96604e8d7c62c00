-- How many pairs each key of a rule makes, and which keys are too many: the smallest blocks are taken first, until
-- the budget of the rule is spent or a block is larger than the cap. What is left out is reported.
create or replace table linkage.wide_keys as
with sizes as (
    select k{{.K}} as k, {{if .Dedupe}}count(*) * (count(*) - 1) // 2{{else}}count(*) filter (side = 0) * count(*) filter (side = 1){{end}} as pairs
    from linkage.keys where k{{.K}} is not null group by k{{.K}}
), ordered as (
    select k, pairs, sum(pairs) over (order by pairs, k rows unbounded preceding) as pairs_so_far from sizes where pairs > 0
)
select k, pairs, pairs > {{.Cap}} or pairs_so_far > {{.Budget}} as is_wide from ordered;

-- How many pairs each key of a rule makes, and which keys are too many: the smallest blocks are
-- taken first, until the budget of the rule is spent or a block is larger than the cap. What is
-- left out is reported.
create or replace table linkage.wide_keys as
with sizes as (
    select k{{.K}} as k, {{if .Dedupe}}count(*) * (count(*)
        - 1) // 2{{else}}count(*) filter (side = 0) * count(*) filter (side = 1){{end}} as pairs
    {{- if .Fresh}},
        {{if .Dedupe}}count(*) filter (not is_fresh) * (count(*) filter (not is_fresh)
            - 1) // 2{{else}}count(*) filter (side = 0 and not is_fresh) * count(*) filter (side = 1
            and not is_fresh){{end}} as known_pairs
    {{- else}}, 0 as known_pairs{{end}}
    from linkage.keys where k{{.K}} is not null group by k{{.K}}
), ordered as (
    select k, pairs, known_pairs,
        sum(pairs) over (order by pairs, k rows unbounded preceding) as pairs_so_far from sizes
        where pairs > 0
)
select k, pairs, pairs - known_pairs as fresh_pairs,
    pairs > {{.Cap}} or pairs_so_far > {{.Budget}} as is_wide from ordered;

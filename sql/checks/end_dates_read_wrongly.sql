-- severity: block
-- grain: table_name
-- reads: stg_cla_summaries, stg_legal_statuses, stg_placements
-- why: rows of one child follow each other. Where most ends are a day before the next start, they
--   are the last day in, and where most are a day after it, they were taken for that and are not:
--   conventions.inclusive_ends. A day short or long moves every episode of the return and every end
--   of a protection
with spans as (
    select 'dm_placements' as table_name, person_id, started_at, ended_at from stg_placements
    union all
    select 'dm_legal_statuses', person_id, started_at, ended_at from stg_legal_statuses
    union all
    select 'dm_cla_summaries', person_id, started_at, ended_at from stg_cla_summaries
),

followed as (
    select
        table_name,
        cast(ended_at as date) as ended_on,
        cast(lead(started_at) over (partition by table_name, person_id
            order by started_at, ended_at nulls last) as date) as next_on
    from spans
),

counted as (
    select
        table_name,
        count(*) as count_near,
        sum(case when ended_on <> next_on then 1 else 0 end) as count_off
    from followed
    where ended_on between next_on - interval '1' day and next_on + interval '1' day
    group by table_name
)

select table_name
from counted
where count_near >= 10 and count_off * 2 > count_near

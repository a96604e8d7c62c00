-- grain: breakdown, category, measure
-- reads: config.settings, int_episodes
-- why: how the number of open episodes of care moves: open at the last moment of each of the past
--   two years
-- numerator: episodes of care open at the end of the month
-- denominator: all episodes of care that began by then
-- source: workflow steps of the configured types, referrals of children in need, child protection
--   plans, periods of care
-- known limits: counted from the case store as it is now, so a step reopened since counts as open
--   in between
with months as (
    select cast(date_trunc('month', settings.as_at_local) as date)
        - offsets.n * interval '1' month as ended_at
    from config.settings as settings
    cross join unnest(numbers_below(24)) as offsets (n)
)

select
    'month' as breakdown,
    substr(cast(cast(months.ended_at - interval '1' day as date) as varchar), 1, 7) as category,
    cast(null as varchar) as within,
    'open' as measure,
    cast(null as varchar) as part_of,
    count(episodes.source_id) as value
from months
left join int_episodes as episodes
    on episodes.opened_at < months.ended_at
    and (episodes.is_open or episodes.closed_at >= months.ended_at)
group by months.ended_at

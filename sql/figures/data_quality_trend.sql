-- grain: breakdown, category, measure
-- reads: config.settings, previous.figures, rows_by_source
-- why: whether the sources get better or worse: the rows of each that could not be taken, snapshot
--   by snapshot
-- numerator: rows quarantined, by source and over all
-- denominator: none: it is a count
-- source: the counts that each extractor made while it read, of this run and as earlier packs had
--   them
-- known limits: of earlier weeks the newest day that had a snapshot, for half a year; a source is
--   shown from its first run on
with this_run as (
    select cast(cast(as_at_local as date) as varchar) as category, cast(as_at_local as date) as day
    from config.settings
),

now_counted as (
    select source as measure, quarantined as value from rows_by_source
    union all
    select 'all sources', cast(sum(quarantined) as bigint) from rows_by_source
),

earlier as (
    select
        previous.category, previous.measure, previous.value, cast(previous.category as date) as day,
        max(cast(previous.category as date))
            over (partition by date_trunc('week', cast(previous.category as date)))
            as newest_of_week,
        this_run.day as run_day
    from previous.figures as previous
    cross join this_run
    where previous.release = 'newest' and previous.figure = 'data_quality_trend'
),

final as (
    select this_run.category, now_counted.measure, now_counted.value
    from now_counted
    cross join this_run
    union all
    select category, measure, value
    from earlier
    where day < run_day and day >= run_day - interval '182' day
        and (day = newest_of_week or date_trunc('week', day) = date_trunc('week', run_day))
)

select 'day' as breakdown, category, cast(null as varchar) as within, measure,
    cast(null as varchar) as part_of, value
from final

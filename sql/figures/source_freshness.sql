-- grain: breakdown, category, measure
-- reads: config.extracted, config.settings, health.patient, stg_trace_responses, stg_workflow_steps
-- why: how old the newest record of each source is, so that a feed that has stopped is seen
-- numerator: days of the calendar from the newest record of the source to the as-at moment
-- denominator: none: it is an age
-- source: the times that the records themselves bear
-- known limits: a source whose records bear no time, or none before the as-at moment, is left out
with moments as (
    select 'casestore' as source,
        later_of(later_of(incoming_at, started_at), later_of(completed_at, cancelled_at))
        as happened_at
    from stg_workflow_steps
    union all
    select 'trace', answered_at from stg_trace_responses
    union all
    select 'health-' || sender, cast(last_updated at time zone 'Europe/London' as timestamp)
    from health.patient
),

newest as (
    select moments.source, max(moments.happened_at) as happened_at,
        max(settings.as_at_local) as as_at_local
    from moments
    cross join config.settings as settings
    where moments.happened_at <= settings.as_at_local
    group by moments.source
)

select
    'source' as breakdown, source as category, cast(null as varchar) as within,
    'days old' as measure,
    cast(null as varchar) as part_of,
    cast(date_diff('day', cast(happened_at as date), cast(as_at_local as date)) as bigint) as value
from newest
where source in (select source from config.extracted)

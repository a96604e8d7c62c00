-- grain: breakdown, category, measure
-- reads: config.pack_periods, int_episodes, stg_organisations, stg_workflow_steps
-- why: how many episodes of care are open, by kind, service and team, and how many opened and
--   closed in the last whole week, in the last whole month, and in the twelve months up to then
-- numerator: episodes of care open at the as-at moment; opened, and closed, in that week, month or
--   year
-- denominator: all episodes of care that began by the as-at moment
-- source: workflow steps of the configured types, referrals of children in need, child protection
--   plans, periods of care
-- known limits: a person with two episodes counts twice; an episode that closed at no known time is
--   in none of the three; only workflow steps name a team; two kinds must not have a service of one
--   name; a month of the past is counted from the case store as it is now
with episodes as (
    select
        replace(episodes.kind, '_', ' ') as kind,
        coalesce(episodes.service, replace(episodes.kind, '_', ' ')) as service,
        coalesce(teams.name, 'no team recorded') as team,
        episodes.is_open, episodes.opened_at, episodes.closed_at
    from int_episodes as episodes
    left join stg_workflow_steps as steps
        on steps.workflow_step_id
            = case when episodes.source = 'workflow_step' then episodes.source_id end
    left join stg_organisations as teams on teams.organisation_id = steps.responsible_team_id
),

counted_as as (
    select kind, service, team, 'open' as measure from episodes where is_open
    union all
    select episodes.kind, episodes.service, episodes.team, 'opened in the ' || periods.period
    from episodes
    inner join config.pack_periods as periods
        on episodes.opened_at >= periods.from_at and episodes.opened_at < periods.until_at
    union all
    select episodes.kind, episodes.service, episodes.team, 'closed in the ' || periods.period
    from episodes
    inner join config.pack_periods as periods
        on episodes.closed_at >= periods.from_at and episodes.closed_at < periods.until_at
),

measures as (
    select 'open' as measure
    union all
    select 'opened in the ' || period from config.pack_periods
    union all
    select 'closed in the ' || period from config.pack_periods
),

categories as (
    select 'all' as breakdown, 'all' as category, cast(null as varchar) as within
    union all
    select distinct 'kind', kind, 'all' from episodes
    union all
    select distinct 'service', service, kind from episodes
    union all
    select distinct 'team', team, 'all' from episodes
),

counted as (
    select 'all' as breakdown, 'all' as category, measure, count(*) as value from counted_as
    group by measure
    union all
    select 'kind', kind, measure, count(*) from counted_as group by kind, measure
    union all
    select 'service', service, measure, count(*) from counted_as group by service, measure
    union all
    select 'team', team, measure, count(*) from counted_as group by team, measure
),

-- the last whole month is the same number as the whole's, so that neither is shown where the other
-- is hidden
months as (
    select
        months.from_at - offsets.n * interval '1' month as from_at,
        months.until_at - offsets.n * interval '1' month as until_at,
        case when offsets.n = 0 then 'all' end as within
    from config.pack_periods as months
    cross join unnest(numbers_below(24)) as offsets (n)
    where months.period = 'month'
),

opened_by_month as (
    select substr(cast(cast(months.from_at as date) as varchar), 1, 7) as category, months.within,
        count(episodes.opened_at) as value
    from months
    left join episodes on episodes.opened_at >= months.from_at
        and episodes.opened_at < months.until_at
    group by months.from_at, months.within
),

final as (
    select categories.breakdown, categories.category, categories.within, measures.measure,
        coalesce(counted.value, 0) as value
    from categories
    cross join measures
    left join counted
        on counted.breakdown = categories.breakdown and counted.category = categories.category
            and counted.measure = measures.measure
    union all
    select 'month', category, within, 'opened in the month', value from opened_by_month
)

select breakdown, category, within, measure, cast(null as varchar) as part_of, value
from final

-- grain: series, point_on
-- reads: config.settings, earlier.trends, figures
-- holds: figures
-- why: The series that managers follow, one point a row, from published figures alone: a suppressed
--   number stays a gap, and no chart discloses more than the tables do. Months come from the case
--   store as it is now. A figure that is counted at the as-at moment has one point a week, the
--   newest; earlier points are as earlier packs showed them, for two years.
with definitions (position, series, figure, breakdown, measure, of_measure, is_rest, unit, better,
    target, spacing) as (
    values
        (1, 'Children looked at within a day', 'cpis_first_looks', 'all', 'looked at within a day',
            'children', false, 'percent', 'up', 100e0, 'week'),
        (2, 'Children with an overdue follow-up', 'cpis_due', 'all', 'past due', null, false,
            'count', 'down', 0e0, 'week'),
        (3, 'CP-IS children with a matched NHS number', 'cpis_children', 'all',
            'without a matched NHS number', 'children', true, 'percent', 'up', 95e0, 'week'),
        (4, 'Open episodes of care, at the month''s end', 'open_episodes_by_month', 'month', 'open',
            null, false, 'count', 'neutral', null, 'month'),
        (5, 'Episodes of care opened in the month', 'open_episodes', 'month', 'opened in the month',
            null, false, 'count', 'neutral', null, 'month'),
        (6, 'Consent refused, of all asked in the month', 'consent_asked', 'month',
            'refused in the month', 'asked in the month', false, 'percent', 'neutral', null,
            'month'),
        (7, 'Rows that could not be read', 'data_quality_trend', 'day', 'all sources', null, false,
            'count', 'down', null, 'week')
),

now_shown as (
    select
        definitions.position, definitions.series, definitions.unit, definitions.better,
        definitions.target, definitions.spacing,
        case
            when definitions.breakdown = 'all' then cast(settings.as_at_local as date)
            when definitions.breakdown = 'month' then cast(figures.category || '-01' as date)
            else cast(figures.category as date)
        end as point_on,
        case
            when definitions.of_measure is null then cast(figures.value as double)
            when wholes.value > 0 and definitions.is_rest
                then round(100e0 * (wholes.value - figures.value) / wholes.value, 1)
            when wholes.value > 0 then round(100e0 * figures.value / wholes.value, 1)
        end as value
    from definitions
    cross join config.settings as settings
    inner join figures
        on figures.figure = definitions.figure
        and figures.breakdown = definitions.breakdown
        and figures.measure = definitions.measure
    left join figures as wholes
        on wholes.figure = figures.figure
        and wholes.breakdown = figures.breakdown
        and wholes.category = figures.category
        and wholes.measure = definitions.of_measure
    where coalesce(wholes.value, 1) <> 0 -- none of none is no percentage
),

shown_before as (
    select
        definitions.position, definitions.series, definitions.unit, definitions.better,
        definitions.target, definitions.spacing, before.point_on, before.value,
        max(before.point_on) over (partition by before.series, date_trunc('week', before.point_on))
            as newest_of_week
    from earlier.trends as before
    cross join config.settings as settings
    inner join definitions on definitions.series = before.series and definitions.breakdown = 'all'
    where date_trunc('week', before.point_on) < date_trunc('week',
        cast(settings.as_at_local as date))
        and before.point_on >= cast(settings.as_at_local as date) - interval '730' day
),

final as (
    select position, series, unit, better, target, spacing, point_on, value from now_shown
    union all
    select position, series, unit, better, target, spacing, point_on, value from shown_before
    where point_on = newest_of_week
)

select position, series, unit, better, target, spacing, point_on, value
from final

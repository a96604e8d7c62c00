-- grain: period, part, position
-- reads: figures
-- publishes to: bi/pack_summary
-- holds: figures
-- why: The first page of the managers' pack, from published figures alone, so that it discloses
--   nothing more: the headlines with their targets, what needs action and by which team, what
--   changed and where, and data quality in one line. 95 per cent is the line of DCB1609 below which
--   a council may not go live; the other targets follow from the due times.
with definitions (
    position, headline, figure, breakdown, category, measure, is_of_period, of_measure, is_rest,
    unit, better, target, action, action_measure, split_by
) as (
    values
        (1, 'Children looked at within a day', 'cpis_first_looks', 'all', 'all',
            'looked at within a day', false, 'children', false,
            'percent', 'up', 100e0, 'Look at each child who was seen in unscheduled care',
            'not looked at', 'team'),
        (2, 'Children with an overdue follow-up', 'cpis_due', 'all', 'all', 'past due', false,
            'open', false,
            'count', 'down', 0e0, 'Close the overdue follow-ups with an outcome', 'past due',
            'team'),
        (3, 'CP-IS children with a matched NHS number', 'cpis_children', 'all', 'all',
            'without a matched NHS number', false,
            'children', true, 'percent', 'up', 95e0, 'Match these children to their NHS numbers',
            'without a matched NHS number', 'team'),
        (4, 'Children with all follow-ups closed in time', 'cpis_closures', 'all', 'all',
            'closed in time', false, 'children', false,
            'percent', 'up', 100e0, null, null, 'severity'),
        (5, 'Consent given', 'consent_asked', 'all', 'all', 'given', true, 'asked', false,
            'percent', 'neutral', null, null, null, 'team'),
        (6, 'People whose case status health can see', 'sharing', 'dataset',
            'council to health: case status', 'shared', false, 'people', false,
            'percent', 'neutral', null, null, null, null),
        (7, 'Open episodes of care', 'open_episodes', 'all', 'all', 'open', false, null, false,
            'count', 'neutral', null, null, null, 'service'),
        (8, 'People whose visits could be combined', 'visits_together', 'all', 'all', 'people',
            false, null, false, 'count', 'neutral', null,
            'Plan these visits together: see direct-care/visits_same_afternoon', null, null)
),

-- each number with the one of the pack before, of the same period
numbers as (
    select
        'week' as period, figure, breakdown, category, measure, _status, value,
        previous_week_value as previous_value, ' in the week' as span
    from figures
    union all
    select 'month', figure, breakdown, category, measure, _status, value, previous_month_value,
        ' in the month' from figures
),

periods (period) as (values ('week'), ('month')),

found as (
    select
        periods.period, definitions.position, definitions.headline, definitions.figure,
        definitions.breakdown, definitions.category,
        definitions.measure || case
            when definitions.is_of_period then ' in the ' || periods.period else '' end as measure,
        definitions.of_measure || case
            when definitions.is_of_period then ' in the ' || periods.period else '' end
            as of_measure,
        definitions.is_rest, definitions.unit, definitions.better, definitions.target,
        definitions.action, definitions.action_measure, definitions.split_by
    from definitions
    cross join periods
),

valued as (
    select
        found.period, found.position, found.headline, found.figure, found.measure, found.unit,
        found.better, found.target, found.action, found.action_measure, found.split_by,
        found.is_rest, parts._status,
        case when found.is_rest then wholes.value - parts.value else parts.value end as value,
        case when found.is_rest then wholes.previous_value - parts.previous_value
            else parts.previous_value end as previous_value,
        wholes.value as out_of, wholes.previous_value as previous_out_of
    from found
    left join numbers as parts
        on parts.period = found.period and parts.figure = found.figure
            and parts.breakdown = found.breakdown
        and parts.category = found.category and parts.measure = found.measure
    left join numbers as wholes
        on wholes.period = found.period and wholes.figure = found.figure
            and wholes.breakdown = found.breakdown
        and wholes.category = found.category and wholes.measure = found.of_measure
),

compared as (
    select
        period, position, headline, figure, measure, unit, better, target, action, action_measure,
        split_by, is_rest, _status, value, out_of, previous_value, previous_out_of,
        case when out_of > 0 then round(100e0 * value / out_of, 1) end as percent,
        case when previous_out_of > 0 then round(100e0 * previous_value / previous_out_of, 1) end
            as previous_percent
    from valued
),

headlines as (
    select
        period, position, headline, figure, measure, unit, better, target, action, action_measure,
        split_by, is_rest, value, out_of, percent, previous_value, previous_percent,
        case when unit = 'percent'
            then round(percent - previous_percent, 1)
            else cast(value - previous_value as double) end as change,
        case
            when _status is null then 'not available'
            when value is null or (unit = 'percent' and percent is null) then 'too few to show'
            when target is null then 'no target'
            when better = 'up' and percent >= target then 'meets target'
            when better = 'down' and value <= target then 'meets target'
            else 'misses target'
        end as status
    from compared
),

to_do as (
    select period, position, headline, figure, action, action_measure, split_by, out_of,
        case when is_rest then out_of - value else value end as value
    from headlines
    where action is not null and (status = 'misses target' or (target is null and value > 0))
),

-- the teams with the most to do, of those whose number is shown
team_ranks as (
    select
        to_do.period, to_do.position, parts.category as team, parts.value,
        row_number() over (partition by to_do.period, to_do.position
            order by parts.value desc, parts.category) as rank
    from to_do
    inner join numbers as parts
        on parts.period = to_do.period and parts.figure = to_do.figure and parts.breakdown = 'team'
            and parts.measure = to_do.action_measure
    where parts.value > 0
),

action_rows as (
    select
        to_do.period, to_do.position * 10 as position, to_do.action,
        coalesce(wholes.value, to_do.value) as value, to_do.out_of, cast(null as varchar) as team
    from to_do
    left join numbers as wholes
        on wholes.period = to_do.period and wholes.figure = to_do.figure
            and wholes.breakdown = 'all' and wholes.measure = to_do.action_measure
    union all
    select to_do.period, to_do.position * 10 + team_ranks.rank, to_do.action, team_ranks.value,
        null, team_ranks.team
    from to_do
    inner join team_ranks on team_ranks.period = to_do.period
        and team_ranks.position = to_do.position
    where team_ranks.rank <= 3
),

-- where a change comes from: the part that moved most in its direction, of those shown in both
-- packs
part_changes as (
    select
        headlines.period, headlines.position, parts.category,
        parts.value - parts.previous_value as moved,
        row_number() over (
            partition by headlines.period, headlines.position
            order by abs(parts.value - parts.previous_value) desc, parts.category
        ) as rank
    from headlines
    inner join numbers as parts
        on parts.period = headlines.period and parts.figure = headlines.figure
            and parts.breakdown = headlines.split_by
        and parts.measure = headlines.measure
    where parts.value - parts.previous_value <> 0
        and sign(parts.value - parts.previous_value)
            = sign(headlines.change) * case when headlines.is_rest then -1 else 1 end
),

flows as (
    select
        opened.period, 'open_episodes' as figure,
        cast(opened.value as varchar) || ' opened and ' || cast(closed.value as varchar)
            || ' closed' || opened.span as words
    from numbers as opened
    inner join numbers as closed
        on closed.period = opened.period and closed.figure = opened.figure
            and closed.breakdown = 'all'
        and closed.measure = 'closed' || closed.span
    where opened.figure = 'open_episodes' and opened.breakdown = 'all'
        and opened.measure = 'opened' || opened.span
        and opened.value is not null and closed.value is not null
),

change_rows as (
    select
        headlines.period, headlines.headline, headlines.value, headlines.out_of, headlines.percent,
        headlines.previous_value, headlines.previous_percent, headlines.change, headlines.unit,
        flows.words as flow_words, part_changes.category, part_changes.moved,
        row_number() over (
            partition by headlines.period
            order by abs(headlines.change) / case when headlines.unit = 'percent' then 100
                when headlines.previous_value > 0 then headlines.previous_value else 1 end desc,
                headlines.position
        ) as rank
    from headlines
    left join flows on flows.period = headlines.period and flows.figure = headlines.figure
    left join part_changes
        on part_changes.period = headlines.period and part_changes.position = headlines.position
            and part_changes.rank = 1
    where headlines.change <> 0
),

sources as (
    select
        replace(replace(category, 'casestore', 'the case management system'), 'health-', 'health, ')
            as source, value,
        row_number() over (order by value desc, category) as rank,
        sum(value) over () as total
    from figures
    where figure = 'data_quality' and breakdown = 'source' and measure = 'rows quarantined'
),

held as (
    select cast(sum(value) as bigint) as total
    from figures
    where figure = 'data_quality' and breakdown = 'source' and measure = 'rows held'
),

ages as (
    select
        replace(replace(category, 'casestore', 'the case management system'), 'health-', 'health, ')
            as source, value,
        row_number() over (order by value desc, category) as rank
    from figures
    where figure = 'source_freshness'
),

quality as (
    select
        cast(sources.total as bigint) as value, held.total as out_of,
        case when sources.value > 0
            then 'most from ' || sources.source || ' (' || cast(sources.value as varchar) || '); '
            else '' end
        || coalesce('the oldest source is ' || ages.source || ', ' || cast(ages.value as varchar)
            || case when ages.value = 1 then ' day' else ' days' end, 'no source has a date')
            as words
    from sources
    cross join held
    left join ages on ages.rank = 1
    where sources.rank = 1
),

final as (
    select
        period, 'headline' as part, position, headline as title, unit, better, value, out_of,
        percent, previous_value,
        previous_percent, change, target, status, cast(null as varchar) as team,
        cast(null as varchar) as words
    from headlines
    union all
    select
        period, 'action', position, action, 'count', 'neutral', value, out_of, null, null, null,
        null, null, 'action needed', team, null
    from action_rows
    union all
    select
        period, 'change', rank, headline, unit, 'neutral', value, out_of, percent, previous_value,
        previous_percent, change, null,
        'changed', null,
        coalesce(flow_words, 'most in ' || category || ': '
            || case when moved > 0 then 'up ' else 'down ' end || cast(abs(moved) as varchar))
    from change_rows
    where rank <= 4
    union all
    select
        periods.period, 'data quality', 1, 'Rows that could not be read', 'count', 'down',
        quality.value, quality.out_of,
        case when quality.out_of > 0 then round(100e0 * quality.value / quality.out_of, 1) end,
            null, null, null, null, 'no target', null,
        quality.words
    from quality
    cross join periods
)

select
    period, part, cast(position as integer) as position, title, unit, better, value, out_of,
    percent, previous_value, previous_percent, change, target, status, team, words
from final

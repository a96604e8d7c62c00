-- grain: series, point_on
-- reads: int_trend_points
-- publishes to: bi/trends
-- holds: figures
-- why: Each series as a statistical process control chart (XmR) by the rules of NHS England's
--   Making Data Count. From 12 points on: the mean, and limits 2.66 mean moving ranges to each
--   side; a moving range above 3.267 times their mean is left out once. Special causes: a point
--   outside the limits; 7 points in a row on one side of the mean; 7 in a row that rise, or fall; 2
--   of 3 in a row beyond two thirds of the way to one limit. A gap ends a row of points.
with slots as (
    select
        position, series, unit, better, target, spacing, point_on, value,
        row_number() over (partition by series order by point_on) as slot
    from int_trend_points
),

shown as (
    select
        series, point_on, value, slot,
        lag(slot) over (partition by series order by slot) = slot - 1 as is_next,
        value - lag(value) over (partition by series order by slot) as step,
        count(*) over (partition by series) as count_points,
        avg(value) over (partition by series) as mean
    from slots
    where value is not null
),

ranges as (
    select
        series, point_on, value, slot, is_next, step, count_points, mean,
        case when is_next then abs(step) end as moving_range,
        avg(case when is_next then abs(step) end) over (partition by series) as mean_range
    from shown
),

limits as (
    select
        series, point_on, value, slot, is_next, step, count_points, mean,
        2.66e0 * avg(case when moving_range <= 3.267e0 * mean_range then moving_range end)
            over (partition by series) as reach
    from ranges
    where count_points >= 12
),

-- on which side of the mean, in which outer third and in which direction a point is: 1 up, -1 down,
-- 0 neither
placed as (
    select
        series, point_on, value, slot, is_next, mean, reach,
        abs(value - mean) > reach as is_outside_limits,
        sign(value - mean) as side,
        case when abs(value - mean) > reach * 2 / 3 then sign(value - mean) else 0 end as zone,
        case when is_next then sign(step) else 0 end as direction
    from limits
),

breaks as (
    select
        series, point_on, value, slot, is_next, mean, reach, is_outside_limits, side, zone,
        direction,
        case
            when is_next and side <> 0 and side = lag(side) over (partition by series order by slot)
                then 0
            else 1
        end as is_run_start,
        case
            when direction <> 0 and is_next
                and direction = lag(direction) over (partition by series order by slot) then 0
            else 1
        end as is_trend_start,
        case when lag(slot, 2) over (partition by series order by slot) = slot - 2 then 1 else 0 end
        * case
            when case when zone = 1 then 1 else 0 end
                + case when lag(zone) over (partition by series order by slot) = 1 then 1 else 0 end
                + case when lag(zone, 2) over (partition by series order by slot) = 1
                    then 1 else 0 end >= 2
            then 1
            when case when zone = -1 then 1 else 0 end
                + case when lag(zone) over (partition by series order by slot) = -1
                    then 1 else 0 end
                + case when lag(zone, 2) over (partition by series order by slot) = -1
                    then 1 else 0 end >= 2
            then -1
            else 0
        end as near_in_three
    from placed
),

numbered as (
    select
        series, point_on, slot, mean, reach, is_outside_limits, side, zone, direction,
        near_in_three, sum(is_run_start) over (partition by series order by slot) as run_number,
        sum(is_trend_start) over (partition by series order by slot) as trend_number
    from breaks
),

counted as (
    select
        series, point_on, slot, mean, reach, is_outside_limits, side, zone, direction,
        near_in_three, count(*) over (partition by series, run_number) as run_length,
        case when direction <> 0 then count(*) over (partition by series, trend_number) else 0 end
            as trend_steps
    from numbered
),

-- seven points are six steps; the point before the first step is one of the seven
ruled as (
    select
        series, point_on, slot, mean, reach, is_outside_limits, side, direction,
        side <> 0 and run_length >= 7 as is_in_run,
        trend_steps >= 6 or coalesce(
            lead(trend_steps) over (partition by series order by slot) >= 6
            and lead(slot) over (partition by series order by slot) = slot + 1, false
        ) as is_in_trend,
        case
            when trend_steps >= 6 then direction
            else coalesce(lead(direction) over (partition by series order by slot), 0)
        end as trend_direction,
        zone <> 0 and (
            near_in_three = zone
            or coalesce(lead(slot) over (partition by series order by slot) = slot + 1
                and lead(near_in_three) over (partition by series order by slot) = zone, false)
            or coalesce(lead(slot, 2) over (partition by series order by slot) = slot + 2
                and lead(near_in_three, 2) over (partition by series order by slot) = zone, false)
        ) as is_near_limit
    from counted
),

judged as (
    select
        series, point_on, slot, mean, reach, is_outside_limits, is_in_run, is_in_trend,
        is_near_limit,
        case
            when is_outside_limits or is_in_run or is_near_limit then side
            when is_in_trend then trend_direction
            else 0
        end as went
    from ruled
),

joined as (
    select
        slots.position, slots.series, slots.unit, slots.better, slots.target, slots.spacing,
        slots.point_on, slots.value,
        count(slots.value) over (partition by slots.series) as count_points,
        judged.mean, judged.reach,
        coalesce(judged.is_outside_limits, false) as is_outside_limits,
        coalesce(judged.is_in_run, false) as is_in_run,
        coalesce(judged.is_in_trend, false) as is_in_trend,
        coalesce(judged.is_near_limit, false) as is_near_limit,
        case
            when judged.slot is null then null
            when judged.went = 0 then 'common cause'
            when slots.better = 'neutral' and judged.went = 1 then 'neutral, up'
            when slots.better = 'neutral' then 'neutral, down'
            when (slots.better = 'up' and judged.went = 1)
                or (slots.better = 'down' and judged.went = -1) then 'improvement'
            else 'concern'
        end as variation,
        max(judged.slot) over (partition by slots.series) = slots.slot as is_last
    from slots
    left join judged on judged.series = slots.series and judged.point_on = slots.point_on
),

-- no count is below nought, and no percentage outside nought and a hundred
bounded as (
    select
        position, series, unit, better, target, spacing, point_on, value, count_points,
        is_outside_limits, is_in_run, is_in_trend, is_near_limit, variation, is_last,
        mean, mean - reach as lower_limit, mean + reach as upper_limit,
        case when mean - reach < 0 then 0e0 else mean - reach end as lower_shown,
        case when unit = 'percent' and mean + reach > 100 then 100e0 else mean + reach end
            as upper_shown
    from joined
),

final as (
    select
        position, series, unit, better, target, spacing, point_on, value,
        case when value is null then 'suppressed' else 'shown' end as _status,
        count_points, is_outside_limits, is_in_run, is_in_trend, is_near_limit, variation,
        round(mean, 2) as mean, round(lower_shown, 2) as lower_limit,
        round(upper_shown, 2) as upper_limit,
        coalesce(lower_shown > lower_limit or upper_shown < upper_limit, false) as is_clipped,
        coalesce(max(case when is_last then variation end) over (partition by series),
            'too few points') as series_variation,
        case
            when target is null then 'no target'
            when count_points < 12 then 'too few points'
            when better = 'up' and min(lower_shown) over (partition by series) >= target
                then 'always meets'
            when better = 'up' and max(upper_shown) over (partition by series) < target
                then 'never meets'
            when better = 'down' and max(upper_shown) over (partition by series) <= target
                then 'always meets'
            when better = 'down' and min(lower_shown) over (partition by series) > target
                then 'never meets'
            else 'hit and miss'
        end as series_assurance
    from bounded
)

select
    position, series, unit, better, target, spacing, point_on, value, _status, count_points, mean,
    lower_limit, upper_limit,
    is_clipped, is_outside_limits, is_in_run, is_in_trend, is_near_limit, variation,
    series_variation, series_assurance
from final

-- grain: figure, breakdown, category, measure
-- reads: int_figures, previous.published_figures
-- publishes to: bi/figures
-- holds: figures
-- why: Every figure of the managers' pack as it may be read: small numbers are hidden, and with
--   them as many others as it takes that no sum or difference gives one back. What layout shows, it
--   takes from here and works out nothing.
with shown as (
    select
        figure, breakdown, category, within, measure, part_of,
        case when not is_hidden then rounded end as value,
        case when is_hidden then 'suppressed' else 'shown' end as _status,
        is_about_people
    from int_figures
),

-- the newest pack before, and those of a week and of a month ago
packs_before as (
    select
        figure, breakdown, category, measure,
        max(value) filter (where release = 'newest') as newest_value,
        max(_status) filter (where release = 'newest') as newest_status,
        max(value) filter (where release = 'week') as week_value,
        max(_status) filter (where release = 'week') as week_status,
        max(value) filter (where release = 'month') as month_value,
        max(_status) filter (where release = 'month') as month_status
    from previous.published_figures
    group by figure, breakdown, category, measure
)

select
    shown.figure, shown.breakdown, shown.category, shown.within, shown.measure, shown.part_of,
    shown.value, shown._status,
    case
        when whole.value > 0 then round(100.0 * shown.value / whole.value, 1)
    end as percent_of_measure,
    previous.newest_value as previous_value,
    coalesce(previous.newest_status, 'not available') as _previous_status,
    shown.is_about_people,
    previous.week_value as previous_week_value,
    coalesce(previous.week_status, 'not available') as _previous_week_status,
    previous.month_value as previous_month_value,
    coalesce(previous.month_status, 'not available') as _previous_month_status
from shown
left join shown as whole
    on whole.figure = shown.figure
    and whole.breakdown = shown.breakdown
    and whole.category = shown.category
    and whole.measure = shown.part_of
left join packs_before as previous
    on previous.figure = shown.figure
    and previous.breakdown = shown.breakdown
    and previous.category = shown.category
    and previous.measure = shown.measure

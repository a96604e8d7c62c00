-- grain: figure, breakdown, category, measure
-- reads: int_figures, previous.published_figures
-- publishes to: bi/figures
-- why: Every figure of the managers' pack as it may be read: small numbers are hidden, and with them as many others as it
--   takes that no sum or difference gives one back. What layout shows, it takes from here and works out nothing.
with shown as (
    select
        figure, breakdown, category, within, measure, part_of,
        case when not is_hidden then rounded end as value,
        case when is_hidden then 'suppressed' else 'shown' end as _status,
        is_about_people
    from int_figures
)

select
    shown.figure, shown.breakdown, shown.category, shown.within, shown.measure, shown.part_of, shown.value, shown._status,
    case
        when whole.value > 0 then round(100.0 * shown.value / whole.value, 1)
    end as percent_of_measure,
    previous.value as previous_value,
    coalesce(previous._status, 'not available') as _previous_status,
    shown.is_about_people,
    week.value as previous_week_value,
    coalesce(week._status, 'not available') as _previous_week_status,
    month.value as previous_month_value,
    coalesce(month._status, 'not available') as _previous_month_status
from shown
left join shown as whole
    on whole.figure = shown.figure
    and whole.breakdown = shown.breakdown
    and whole.category = shown.category
    and whole.measure = shown.part_of
left join previous.published_figures as previous
    on previous.release = 'newest'
    and previous.figure = shown.figure
    and previous.breakdown = shown.breakdown
    and previous.category = shown.category
    and previous.measure = shown.measure
left join previous.published_figures as week
    on week.release = 'week'
    and week.figure = shown.figure
    and week.breakdown = shown.breakdown
    and week.category = shown.category
    and week.measure = shown.measure
left join previous.published_figures as month
    on month.release = 'month'
    and month.figure = shown.figure
    and month.breakdown = shown.breakdown
    and month.category = shown.category
    and month.measure = shown.measure

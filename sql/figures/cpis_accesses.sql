-- grain: breakdown, category, measure
-- reads: config.settings, cpis_notifications
-- why: where and when children known to the council are seen in unscheduled care: night-time and
--   out-of-area visits might otherwise go unreported
-- numerator: children seen at this place, or in this part of the day, in the 28 days before the
--   as-at moment
-- denominator: none
-- source: cpis_notifications
-- known limits: children, never accesses, which would count a few children many times over; a child
--   seen at two places counts at both, so places and parts of the day do not sum to a total; times
--   are UK time
with seen as (
    select
        coalesce(cast(notices.person_id as varchar), notices.nhs_number) as child,
        coalesce(notices.organisation_name || ' ', '') || '('
            || coalesce(notices.organisation_code, 'unknown') || ')' as place,
        case
            when hour(notices.accessed_at at time zone 'Europe/London') < 8
                then '1 night, 00:00 to 08:00'
            when hour(notices.accessed_at at time zone 'Europe/London') < 16
                then '2 day, 08:00 to 16:00'
            else '3 evening, 16:00 to 24:00'
        end as part_of_day
    from cpis_notifications as notices
    cross join config.settings as settings
    where notices.access_position > 0 and notices.accessed_at > settings.as_at - interval '28' day
        and notices.accessed_at <= settings.as_at
),

final as (
    select 'place' as breakdown, place as category, count(distinct child) as value from seen
    group by place
    union all
    select 'time of day', part_of_day, count(distinct child) from seen group by part_of_day
)

select breakdown, category, cast(null as varchar) as within, 'children seen' as measure,
    cast(null as varchar) as part_of, value
from final

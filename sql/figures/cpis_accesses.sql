-- grain: breakdown, category, measure
-- reads: config.settings, cpis_notifications
-- why: where and when children known to the council are seen in unscheduled care: nights and far places are when nobody
--   else would tell
-- numerator: children seen at this place, or in this hour of the day, in the 28 days before the as-at moment
-- denominator: none
-- source: cpis_notifications
-- known limits: children, never accesses, which would count a few children many times over; a child seen at two places counts at
--   both, so places and hours add up to nothing; the hour is London's
with seen as (
    select
        coalesce(cast(notices.person_id as varchar), notices.nhs_number) as child,
        coalesce(notices.organisation_name || ' ', '') || '(' || coalesce(notices.organisation_code, 'unknown') || ')' as place,
        lpad(cast(hour(notices.accessed_at at time zone 'Europe/London') as varchar), 2, '0') || ':00' as hour
    from cpis_notifications as notices
    cross join config.settings as settings
    where notices.access_position > 0 and notices.accessed_at > settings.as_at - interval '28' day and notices.accessed_at <= settings.as_at
),

final as (
    select 'place' as breakdown, place as category, count(distinct child) as value from seen group by place
    union all
    select 'hour', hour, count(distinct child) from seen group by hour
)

select breakdown, category, cast(null as varchar) as within, 'children seen' as measure, cast(null as varchar) as part_of, value
from final

-- grain: place, hour
-- reads: cpis_notifications
-- why: Where and when children are seen: nights and far places are when nobody else would know.
-- numerator: accesses at this place in this hour of the day
-- denominator: none
-- source: cpis_notifications
-- known limits: the place is as CP-IS names it; the hour is London's
select
    coalesce(organisation_code, 'unknown') as place,
    cast(hour(accessed_at at time zone 'Europe/London') as integer) as hour,
    cast(count(*) as bigint) as numerator
from cpis_notifications
where access_position > 0
group by 1, 2

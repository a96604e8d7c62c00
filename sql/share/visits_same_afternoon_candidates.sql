-- grain: person_id, visit_id, sender, resource_type, resource_id
-- reads: config.settings, stg_visits, visits
-- why: Each visit that the council plans and each that a health service plans for the same person
--   on the same afternoon (12:00 to 18:00 in London) of the fourteen days after the as-at moment,
--   so that both can visit together or one after the other. Health's visits are those that may be
--   shared.
with planned_by_council as (
    select planned.visit_id, planned.person_id, planned.planned_at
    from stg_visits as planned
    cross join config.settings as settings
    where planned.made_at is null
        and not planned.is_completed
        and planned.planned_at > settings.as_at_local
        and planned.planned_at < settings.as_at_local + interval '14' day
        and hour(planned.planned_at) between 12 and 17
),

planned_by_health as (
    select
        person_id, nhs_number, sender, resource_type, resource_id, service, provider,
        cast(starts_at at time zone 'Europe/London' as timestamp) as starts_at
    from visits
    where is_planned and coalesce(status, '') not
        in ('cancelled', 'noshow', 'finished', 'fulfilled')
)

select
    health.person_id, council.visit_id, health.sender, health.resource_type, health.resource_id,
    cast(council.planned_at as date) as visit_on,
    council.planned_at as council_visit_at,
    health.starts_at as health_visit_at,
    health.service, health.provider,
    cast(null as varchar) as excluded_as
from planned_by_council as council
inner join planned_by_health as health
    on health.person_id = council.person_id
    and cast(health.starts_at as date) = cast(council.planned_at as date)
    and hour(health.starts_at) between 12 and 17

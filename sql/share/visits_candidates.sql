-- grain: sender, resource_type, resource_id
-- reads: config.settings, int_patient_people, int_security_labels, stg_appointments, stg_encounters
-- materialized: view
-- why: Every encounter and appointment of every sender, with the person it is about and, where it
--   does not stand, why.
with encounters as (
    select
        sender, 'Encounter' as resource_type, resource_id, patient_id, status, class,
        type_display as service, provider, period_start as starts_at, period_end as ends_at,
        last_updated, false as is_declined, security, has_unknown_modifier
    from stg_encounters
),

appointments as (
    select
        sender, 'Appointment' as resource_type, resource_id, patient_id, status,
        cast(null as varchar) as class,
        service_display as service, cast(null as varchar) as provider, starts_at, ends_at,
        last_updated, is_declined, security, has_unknown_modifier
    from stg_appointments
),

records as (
    select
        sender, resource_type, resource_id, patient_id, status, class, service, provider, starts_at,
        ends_at, last_updated, is_declined, security, has_unknown_modifier
    from encounters
    union all
    select
        sender, resource_type, resource_id, patient_id, status, class, service, provider, starts_at,
        ends_at, last_updated, is_declined, security, has_unknown_modifier
    from appointments
)

select
    links.person_id, records.sender, records.resource_type, records.resource_id, records.status,
    records.class, records.service, records.provider, records.starts_at, records.ends_at,
    coalesce(records.starts_at > settings.as_at, false) as is_planned,
    records.last_updated as last_updated_at,
    case
        when records.status = 'entered-in-error' then 'entered_in_error'
        when records.is_declined then 'declined'
        else coalesce(
            links.withheld_as, labels.restricted_as,
            case when records.has_unknown_modifier then 'modifier_unknown' end,
            case
                when coalesce(records.status, '') not in (
                    'planned', 'arrived', 'triaged', 'in-progress', 'onleave', 'finished',
                    'cancelled', 'unknown',
                    'proposed', 'pending', 'booked', 'fulfilled', 'noshow', 'checked-in', 'waitlist'
                ) then 'status_unknown'
            end
        )
    end as excluded_as
from records
cross join config.settings as settings
left join int_patient_people as links
    on links.sender = records.sender and links.patient_id = records.patient_id
left join int_security_labels as labels on labels.security = records.security

-- grain: message_id, access_position, edition
-- reads: cpis_notifications
-- why: Which accesses are one matter to follow up: those to one child by one organisation, each
--   within an hour of the one before. A thousand looks in a minute are one follow-up that says a
--   thousand; a look two hours later is another.
with accesses as (
    select
        message_id, access_position, edition, accessed_at,
        coalesce(cast(person_id as varchar), nhs_number) as child, organisation_code
    from cpis_notifications
    where access_position > 0
),

marked as (
    select
        message_id, access_position, edition, accessed_at, child, organisation_code,
        case
            when accessed_at <= lag(accessed_at) over (
                partition by child, organisation_code
                order by accessed_at, message_id, access_position, edition
            ) + interval '1' hour then 0
            else 1
        end as is_first
    from accesses
),

counted as (
    select
        message_id, access_position, edition, accessed_at, child, organisation_code,
        sum(is_first) over (
            partition by child, organisation_code
            order by accessed_at, message_id, access_position, edition rows unbounded preceding
        ) as visit
    from marked
)

select
    message_id, access_position, edition,
    first_value(message_id || '/' || cast(access_position as varchar)
        || case when edition > 1 then '/' || cast(edition as varchar) else '' end) over (
        partition by child, organisation_code, visit
        order by accessed_at, message_id, access_position, edition
    ) as follow_up_id
from counted

-- grain: message_id, access_position, edition
-- reads: cpis_notifications, int_bi_terms
-- why: Every notified access to unscheduled care. The place is its code alone: a name may say where
--   the child was.
with accesses as (
    select
        told.message_id, told.access_position, told.edition, told.person_id, told.standing,
        told.organisation_code,
        terms.dates, terms.history_from, terms.whole_until,
        told.accessed_at at time zone 'Europe/London' as accessed_at
    from cpis_notifications as told
    cross join int_bi_terms as terms
),

final as (
    select
        message_id, access_position, edition, person_id,
        coalesce(organisation_code, 'not recorded') as organisation_code,
        cast(date_trunc(dates, accessed_at) as date) as accessed_on,
        case
            when standing is distinct from 'known_child' then 'not_a_known_child'
            when not coalesce(accessed_at >= history_from and accessed_at < whole_until, false)
                then 'outside_period'
        end as excluded_as
    from accesses
)

select
    message_id, access_position, edition, person_id, organisation_code,
    accessed_on,
    cast(date_trunc('quarter', accessed_on) as date) as accessed_quarter_on,
    cast(year(accessed_on) as integer) as accessed_year,
    excluded_as
from final

-- severity: block
-- grain: file
-- reads: cpis.access_notifications, cpis_notifications, cpis_follow_ups,
--   earlier.cpis_notifications, int_cpis_visits
-- why: every access that was ever told stands among the notifications, and every one of a child has
--   its follow-up
with told as (
    select message_id, access_position, accessed_at, text_of(nhs_number) as nhs_number, file
    from cpis.access_notifications
    union all
    select message_id, access_position, accessed_at, nhs_number, file
    from earlier.cpis_notifications
),

missing as (
    select told.file
    from told
    where not exists (
        select 1
        from cpis_notifications as kept
        where kept.message_id = told.message_id and kept.access_position = told.access_position
            and kept.accessed_at is not distinct from told.accessed_at
                and kept.nhs_number is not distinct from told.nhs_number
    )
),

unfollowed as (
    select kept.file
    from cpis_notifications as kept
    left join int_cpis_visits as visits
        on visits.message_id = kept.message_id and visits.access_position = kept.access_position
            and visits.edition = kept.edition
    left join cpis_follow_ups as follow_ups on follow_ups.follow_up_id = visits.follow_up_id
    where kept.access_position > 0 and follow_ups.follow_up_id is null
)

select file from missing
union all
select file from unfollowed

-- grain: message_id, edition
-- reads: config.settings, cpis.inactive_numbers, earlier.cpis_inactive_numbers
-- why: Every notice of an NHS number that is no longer live, also those that earlier runs saw and
--   the inbox no longer holds. A message that comes again counts once; one that comes again with
--   other words is a second edition.
with told as (
    select
        notices.message_id, notices.sent_at, text_of(notices.nhs_number) as nhs_number,
        text_of(notices.replacement_nhs_number) as replacement_nhs_number, notices.file,
        settings.as_at as received_at
    from cpis.inactive_numbers as notices
    cross join config.settings as settings
    union all
    select message_id, sent_at, nhs_number, replacement_nhs_number, file, received_at
    from earlier.cpis_inactive_numbers
),

once as (
    select message_id, sent_at, nhs_number, replacement_nhs_number, min(file) as file,
        min(received_at) as received_at
    from told
    group by message_id, sent_at, nhs_number, replacement_nhs_number
)

select
    message_id,
    row_number() over (
        partition by message_id order by received_at, sent_at, nhs_number, replacement_nhs_number,
            file
    ) as edition,
    sent_at, received_at, nhs_number, replacement_nhs_number, file
from once

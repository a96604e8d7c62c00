-- grain: message_id, access_position, edition
-- reads: config.settings, cpis.access_notifications, earlier.cpis_notifications,
--   int_cpis_known_numbers
-- publishes to: cpis/cpis_notifications
-- why: Every unscheduled access that CP-IS has ever told of, also those that earlier runs saw and
--   the inbox no longer holds. A message that comes again counts once; one that comes again with
--   other words is a second edition, since nothing is dropped. An empty message is normal and has
--   one row of position 0. A child whom the council does not know, or an access from the future, is
--   kept and raised.
with settings as (select as_at from config.settings),

told as (
    select
        notices.message_id, notices.access_position, notices.sent_at,
        notices.upload_sequence_number, notices.accessed_at,
        text_of(notices.author_kind) as author_kind, text_of(notices.author_name) as author_name,
        text_of(notices.job_role_code) as job_role_code, text_of(notices.job_role) as job_role,
        text_of(notices.user_id) as user_id,
        text_of(notices.organisation_code) as organisation_code,
        text_of(notices.organisation_name) as organisation_name,
        text_of(notices.nominated_people) as nominated_people,
        text_of(notices.nhs_number) as nhs_number, notices.file, settings.as_at as received_at
    from cpis.access_notifications as notices
    cross join settings
    union all
    select
        message_id, access_position, sent_at, upload_sequence_number, accessed_at, author_kind,
        author_name, job_role_code,
        job_role, user_id, organisation_code, organisation_name, nominated_people, nhs_number, file,
        received_at
    from earlier.cpis_notifications
),

once as (
    select
        message_id, access_position, sent_at, upload_sequence_number, accessed_at, author_kind,
        author_name, job_role_code, job_role, user_id, organisation_code, organisation_name,
        nominated_people, nhs_number, min(file) as file, min(received_at) as received_at
    from told
    group by
        message_id, access_position, sent_at, upload_sequence_number, accessed_at, author_kind,
        author_name, job_role_code,
        job_role, user_id, organisation_code, organisation_name, nominated_people, nhs_number
),

numbered as (
    select
        once.*,
        row_number() over (
            partition by message_id, access_position
            order by received_at, sent_at, accessed_at, nhs_number, organisation_code, user_id,
                author_name, file
        ) as edition
    from once
)

select
    numbered.message_id, numbered.access_position, numbered.edition, numbered.sent_at,
    numbered.received_at, numbered.upload_sequence_number, numbered.accessed_at,
    numbered.author_kind, numbered.author_name, numbered.job_role_code, numbered.job_role,
    numbered.user_id, numbered.organisation_code, numbered.organisation_name,
    numbered.nominated_people, numbered.nhs_number, known.person_id, known.matched_by,
    case
        when numbered.access_position = 0 then 'empty'
        when numbered.accessed_at > settings.as_at or numbered.sent_at > settings.as_at
            then 'from_the_future'
        when known.matched_by = 'several_people' then 'several_people'
        when known.person_id is null then 'unknown_child'
        else 'known_child'
    end as standing,
    numbered.file
from numbered
cross join settings
left join int_cpis_known_numbers as known on known.nhs_number = numbered.nhs_number

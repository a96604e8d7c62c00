-- grain: nhs_number
-- reads: config.settings, int_cpis_inactive_notices
-- why: NHS numbers that CP-IS says are no longer live, as after an adoption, with the replacement
--   where one was given
with notices as (
    select
        notices.nhs_number, notices.sent_at, notices.replacement_nhs_number,
        row_number() over (
            partition by notices.nhs_number
            order by notices.sent_at desc, notices.replacement_nhs_number is null,
                notices.message_id, notices.edition
        ) as rank
    from int_cpis_inactive_notices as notices
    cross join config.settings as settings
    where notices.sent_at <= settings.as_at
)

select nhs_number, sent_at, replacement_nhs_number from notices where rank = 1

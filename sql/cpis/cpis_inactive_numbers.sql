-- grain: message_id, edition
-- reads: config.settings, int_cpis_inactive_notices, int_cpis_known_numbers
-- publishes to: cpis/cpis_inactive_numbers
-- why: Every notice of an NHS number that is no longer live, and whose number it was: the inbox may
--   be emptied, and the notice still keeps the number from being sent.
select
    notices.message_id, notices.edition, notices.sent_at, notices.received_at, notices.nhs_number,
    notices.replacement_nhs_number, known.person_id, known.matched_by,
    case
        when notices.sent_at > settings.as_at then 'from_the_future'
        when known.matched_by = 'several_people' then 'several_people'
        when known.person_id is null then 'unknown_child'
        else 'known_child'
    end as standing,
    notices.file
from int_cpis_inactive_notices as notices
cross join config.settings as settings
left join int_cpis_known_numbers as known on known.nhs_number = notices.nhs_number

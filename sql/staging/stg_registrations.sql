-- grain: registration_id
-- reads: casestore.dm_registrations
-- why: child protection plans. A temporary one is another council's plan for a child who stays
--   here: that council counts it.
select
    registration_id,
    person_id,
    registration_start_date as registered_at,
    deregistration_date as deregistered_at,
    coalesce(upper(text_of(is_child_protection_plan)), 'N') = 'Y'
        and coalesce(upper(text_of(is_temporary_child_protection)), 'N') = 'N'
            as is_child_protection_plan
from casestore.dm_registrations

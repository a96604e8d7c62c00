-- grain: registration_id
-- reads: casestore.dm_registrations
-- why: child protection plans
select
    registration_id,
    person_id,
    registration_start_date as registered_at,
    deregistration_date as deregistered_at,
    coalesce(upper(text_of(is_child_protection_plan)), 'N') = 'Y' as is_child_protection_plan
from casestore.dm_registrations

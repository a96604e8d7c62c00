-- severity: warn
-- grain: person_id
-- reads: casestore.dm_registrations, config.settings, cpis_cohort
-- why: every child on a plan stands in the cohort, unless the child's own record could not be read
--   or the child has been over eighteen for a year; asked without the cohort's own models
select registrations.person_id
from casestore.dm_registrations as registrations
cross join config.settings as settings
where upper(trim(registrations.is_child_protection_plan)) = 'Y'
    and coalesce(upper(trim(registrations.is_temporary_child_protection)), 'N') = 'N'
    and registrations.registration_start_date <= settings.as_at_local
    and (registrations.deregistration_date is null
        or registrations.deregistration_date > settings.as_at_local)
    and registrations.person_id not in (select child_id from cpis_cohort)

-- severity: block
-- grain: person_id
-- reads: cpis_cohort, cpis_failures, cpis_uploads
-- why: every child of the cohort can be sent or has a failure that says why not, and nobody is sent
--   who cannot be
select cohort.person_id
from cpis_cohort as cohort
where not cohort.can_be_sent and not exists (
    select 1 from cpis_failures as failures
    where failures.area = 'cohort' and failures.person_id = cohort.person_id
)
union all
select uploads.person_id
from cpis_uploads as uploads
where uploads.is_to_send and uploads.attempt = 1 and uploads.deleted_on is null
    and uploads.person_id not in (select person_id from cpis_cohort where can_be_sent)

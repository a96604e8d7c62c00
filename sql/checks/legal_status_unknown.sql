-- severity: block
-- grain: legal_status_id
-- reads: config.settings, config.ssda903_codes, stg_legal_statuses
-- why: a child under a legal status in an unknown word would be missing from CP-IS and the returns
--   without a sign. Declare the council's word: conventions.columns,
--   dm_legal_statuses.legal_status, codes
select statuses.legal_status_id
from stg_legal_statuses as statuses
cross join config.settings as settings
where (statuses.ended_at is null or statuses.ended_at > settings.as_at_local - interval '12' month)
    and (statuses.legal_status is null
        or statuses.legal_status not
            in (select codes.code from config.ssda903_codes as codes where codes.field = 'ls'))

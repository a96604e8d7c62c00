-- grain: unique_reference
-- reads: config.settings, int_trace_needs, earlier.trace_requests
-- publishes to: audit/trace_requests
-- why: Every request to the trace service, remembered: an answer counts only where it was asked
--   for.
select requests.unique_reference, requests.person_id, requests.asked_at, requests.reason,
    requests.details_sha256
from earlier.trace_requests as requests
-- what this moment asks stands in int_trace_needs
inner join config.settings as settings on settings.as_at <> requests.asked_at
union all
select needs.unique_reference, needs.person_id, settings.as_at as asked_at, needs.reason,
    needs.details_sha256
from int_trace_needs as needs
cross join config.settings as settings

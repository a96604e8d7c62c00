-- grain: unique_reference
-- reads: config.settings, int_trace_needs, earlier.trace_requests
-- publishes to: audit/trace_requests
-- why: Every request to the trace service, remembered: an answer counts only where it was asked for.
select unique_reference, person_id, asked_at, reason, details_sha256
from earlier.trace_requests
union all
select needs.unique_reference, needs.person_id, settings.as_at as asked_at, needs.reason, needs.details_sha256
from int_trace_needs as needs
cross join config.settings as settings

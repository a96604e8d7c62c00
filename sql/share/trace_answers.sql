-- grain: file_sha256, line
-- reads: int_trace_receipts
-- publishes to: audit/trace_answers
-- why: Every answer of the trace service, whether it counts, and why where it does not.
select
    file_sha256, line, file, unique_reference, person_id, answered_at, code, matched_nhs_number,
    is_sensitive, taken_at, refused_as
from int_trace_receipts

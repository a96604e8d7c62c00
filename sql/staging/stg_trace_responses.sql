-- grain: file_sha256, line
-- reads: trace.responses
-- why: answers of the Personal Demographics Service to a trace; an answer's moment is the one it
--   states, else its file's day
select
    file,
    line,
    file_sha256,
    text_of(unique_reference) as unique_reference,
    text_of(local_patient_id) as local_patient_id,
    coalesce(trace_moment(text_of(as_at_date)), day_in_name(file)) as answered_at,
    text_of(error_success_code) as code,
    text_of(matched_nhs_no) as matched_number,
    text_of(sensitivity_flag) as sensitivity_flag
from trace.responses

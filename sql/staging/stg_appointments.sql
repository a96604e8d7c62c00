-- grain: sender, resource_id
-- reads: health.appointment
-- why: visits that were booked
select
    sender,
    id as resource_id,
    last_updated,
    patient_id,
    status,
    service_display,
    starts_at,
    ends_at
from health.appointment

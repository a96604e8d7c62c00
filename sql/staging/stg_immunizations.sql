-- grain: sender, resource_id
-- reads: health.immunization
-- why: vaccinations
select
    sender,
    id as resource_id,
    last_updated,
    patient_id,
    status,
    status_reason,
    code,
    system,
    display,
    occurred_at
from health.immunization

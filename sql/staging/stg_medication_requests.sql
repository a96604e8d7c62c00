-- grain: sender, resource_id
-- reads: health.medication_request
-- why: medicines that were prescribed
select
    sender,
    id as resource_id,
    last_updated,
    patient_id,
    status,
    intent,
    code,
    system,
    display,
    dosage_text,
    authored_at
from health.medication_request

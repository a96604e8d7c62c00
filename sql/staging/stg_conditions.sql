-- grain: sender, resource_id
-- reads: health.condition
-- why: diagnoses and problems
select
    sender,
    id as resource_id,
    last_updated,
    patient_id,
    verification_status,
    clinical_status,
    category,
    code,
    system,
    display,
    onset_at,
    recorded_at
from health.condition

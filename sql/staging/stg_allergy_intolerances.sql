-- grain: sender, resource_id
-- reads: health.allergy_intolerance
-- why: allergies and intolerances
select
    sender,
    id as resource_id,
    last_updated,
    patient_id,
    verification_status,
    clinical_status,
    criticality,
    code,
    system,
    display,
    recorded_at
from health.allergy_intolerance

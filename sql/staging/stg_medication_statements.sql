-- grain: sender, resource_id
-- reads: health.medication_statement
-- why: medicines that a patient is said to take
select
    sender,
    id as resource_id,
    last_updated,
    patient_id,
    status,
    code,
    system,
    display,
    dosage_text,
    effective_start,
    asserted_at
from health.medication_statement

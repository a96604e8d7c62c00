-- grain: sender, resource_id
-- reads: health.encounter
-- why: visits that took place
select
    sender,
    id as resource_id,
    last_updated,
    patient_key(patient_id, patient_nhs_number) as patient_id,
    status,
    class,
    type_display,
    period_start,
    period_end,
    provider,
    security_text(confidentiality, other_labels, has_label_without_code) as security,
    has_unknown_modifier
from health.encounter

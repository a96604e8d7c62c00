-- grain: sender, resource_id
-- reads: health.immunization
-- why: vaccinations
select
    sender,
    id as resource_id,
    last_updated,
    patient_key(patient_id, patient_nhs_number) as patient_id,
    status,
    status_reason,
    coalesce(is_subpotent, false) as is_subpotent,
    code,
    system,
    coalesce(display, code_text) as display,
    occurred_at,
    security_text(confidentiality, other_labels, has_label_without_code) as security,
    has_unknown_modifier
from health.immunization

-- grain: sender, resource_id
-- reads: health.allergy_intolerance
-- why: allergies and intolerances
select
    sender,
    id as resource_id,
    last_updated,
    patient_key(patient_id, patient_nhs_number) as patient_id,
    coalesce(verification_status, case when has_other_verification then 'unknown' end)
        as verification_status,
    clinical_status,
    criticality,
    code,
    system,
    coalesce(display, code_text) as display,
    recorded_at,
    security_text(confidentiality, other_labels, has_label_without_code) as security,
    has_unknown_modifier
from health.allergy_intolerance

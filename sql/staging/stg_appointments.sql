-- grain: sender, resource_id
-- reads: health.appointment
-- why: visits that were booked
select
    sender,
    id as resource_id,
    last_updated,
    patient_key(patient_id, patient_nhs_number) as patient_id,
    status,
    -- by the patient; a decline of nobody named counts if the record names no patient by reference
    coalesce(strpos(declined_by, 'Patient/') > 0 or (has_declined and patient_id is null), false)
        as is_declined,
    service_display,
    starts_at,
    ends_at,
    security_text(confidentiality, other_labels, has_label_without_code) as security,
    has_unknown_modifier
from health.appointment

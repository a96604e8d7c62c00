-- grain: sender, resource_id
-- reads: health.appointment
-- why: visits that were booked
select
    sender,
    id as resource_id,
    last_updated,
    patient_key(patient_id, patient_nhs_number) as patient_id,
    status,
    coalesce(is_declined, false) as is_declined,
    service_display,
    starts_at,
    ends_at,
    security_text(confidentiality, other_labels, has_label_without_code) as security,
    has_unknown_modifier
from health.appointment

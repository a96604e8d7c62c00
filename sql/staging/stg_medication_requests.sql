-- grain: sender, resource_id
-- reads: health.medication_request, stg_medicines
-- why: medicines that were prescribed, each with its medicine's name, which the record gives itself
--   or by reference to a Medication of the same sender
select
    records.sender,
    records.id as resource_id,
    records.last_updated,
    patient_key(records.patient_id, records.patient_nhs_number) as patient_id,
    records.status,
    records.intent,
    coalesce(records.do_not_perform, false) as do_not_perform,
    coalesce(records.code, medicines.code) as code,
    case when records.code is null then medicines.system else records.system end as system,
    coalesce(records.display, records.code_text,
        case when records.code is null then medicines.display end) as display,
    records.dosage_text,
    records.authored_at,
    security_text(records.confidentiality, records.other_labels, records.has_label_without_code)
        as security,
    medicines.security as medicine_security,
    records.has_unknown_modifier
        or coalesce(medicines.has_unknown_modifier, false) as has_unknown_modifier
from health.medication_request as records
left join stg_medicines as medicines
    on medicines.sender = records.sender and medicines.medicine_id = records.medication_id

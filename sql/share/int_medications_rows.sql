-- grain: sender, resource_type, resource_id
-- reads: int_patient_people, stg_medication_requests, stg_medication_statements
-- materialized: view
-- why: Every medication record of every sender, with the person it is about and, where it can be nobody's medication,
--   why.
with statements as (
    select
        sender, 'MedicationStatement' as resource_type, resource_id, patient_id, status, cast(null as varchar) as intent,
        code, system, display, dosage_text, effective_start as started_at, asserted_at as recorded_at, last_updated
    from stg_medication_statements
),

requests as (
    select
        sender, 'MedicationRequest' as resource_type, resource_id, patient_id, status, intent,
        code, system, display, dosage_text, cast(null as timestamp with time zone) as started_at, authored_at as recorded_at, last_updated
    from stg_medication_requests
),

records as (
    select
        sender, resource_type, resource_id, patient_id, status, intent,
        code, system, display, dosage_text, started_at, recorded_at, last_updated
    from statements
    union all
    select
        sender, resource_type, resource_id, patient_id, status, intent,
        code, system, display, dosage_text, started_at, recorded_at, last_updated
    from requests
)

select
    links.person_id, records.sender, records.resource_type, records.resource_id, records.status, records.intent,
    records.code, records.system, records.display, records.dosage_text,
    records.started_at, records.recorded_at, records.last_updated as last_updated_at,
    case when records.status = 'entered-in-error' then 'entered_in_error' end as excluded_as
from records
left join int_patient_people as links on links.sender = records.sender and links.patient_id = records.patient_id

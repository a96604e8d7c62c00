-- grain: sender, resource_type, resource_id
-- reads: int_patient_people, int_security_labels, stg_medication_requests,
--   stg_medication_statements
-- materialized: view
-- why: Every medication record of every sender, with the person it is about and, where it can be
--   nobody's medication, why.
with statements as (
    select
        sender, 'MedicationStatement' as resource_type, resource_id, patient_id, status,
        cast(null as varchar) as intent,
        false as do_not_perform, code, system, display, dosage_text, effective_start as started_at,
        asserted_at as recorded_at, last_updated, security, medicine_security, has_unknown_modifier
    from stg_medication_statements
),

requests as (
    select
        sender, 'MedicationRequest' as resource_type, resource_id, patient_id, status, intent,
        do_not_perform,
        code, system, display, dosage_text, cast(null as timestamp with time zone) as started_at,
        authored_at as recorded_at, last_updated, security, medicine_security, has_unknown_modifier
    from stg_medication_requests
),

records as (
    select
        sender, resource_type, resource_id, patient_id, status, intent, do_not_perform,
        code, system, display, dosage_text, started_at, recorded_at, last_updated, security,
        medicine_security, has_unknown_modifier
    from statements
    union all
    select
        sender, resource_type, resource_id, patient_id, status, intent, do_not_perform,
        code, system, display, dosage_text, started_at, recorded_at, last_updated, security,
        medicine_security, has_unknown_modifier
    from requests
)

select
    links.person_id, records.sender, records.resource_type, records.resource_id, records.status,
    records.intent, records.code, records.system, records.display, records.dosage_text,
    records.started_at, records.recorded_at, records.last_updated as last_updated_at,
    case
        when records.status = 'entered-in-error' then 'entered_in_error'
        when records.do_not_perform then 'do_not_perform'
        else coalesce(
            links.withheld_as, labels.restricted_as, medicine_labels.restricted_as,
            case when records.has_unknown_modifier then 'modifier_unknown' end,
            case
                when coalesce(records.status, '') not in (
                    'active', 'completed', 'on-hold', 'stopped', 'cancelled', 'draft', 'intended',
                    'not-taken', 'unknown'
                ) then 'status_unknown'
            end,
            case when records.code is null and records.display is null then 'medicine_not_named' end
        )
    end as excluded_as
from records
left join int_patient_people as links
    on links.sender = records.sender and links.patient_id = records.patient_id
left join int_security_labels as labels on labels.security = records.security
left join int_security_labels as medicine_labels
    on medicine_labels.security = records.medicine_security

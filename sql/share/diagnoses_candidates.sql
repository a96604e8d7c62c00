-- grain: sender, resource_type, resource_id
-- reads: int_patient_people, int_security_labels, stg_conditions
-- materialized: view
-- why: Every condition of every sender, with the person it is about and, where it is no confirmed
--   diagnosis, why. A condition whose verification status is missing is not confirmed.
select
    links.person_id, records.sender, 'Condition' as resource_type, records.resource_id,
    records.clinical_status, records.category, records.code, records.system, records.display,
    records.onset_at, records.recorded_at, records.last_updated as last_updated_at,
    case
        when records.verification_status = 'entered-in-error' then 'entered_in_error'
        when coalesce(records.verification_status, '') <> 'confirmed' then 'not_confirmed'
        else coalesce(
            links.withheld_as, labels.restricted_as,
            case when records.has_unknown_modifier then 'modifier_unknown' end
        )
    end as excluded_as
from stg_conditions as records
left join int_patient_people as links
    on links.sender = records.sender and links.patient_id = records.patient_id
left join int_security_labels as labels on labels.security = records.security

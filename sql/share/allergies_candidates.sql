-- grain: sender, resource_type, resource_id
-- reads: int_patient_people, int_security_labels, stg_allergy_intolerances
-- materialized: view
-- why: Every allergy or intolerance of every sender, with the person it is about and, where it does
--   not stand, why.
select
    links.person_id, records.sender, 'AllergyIntolerance' as resource_type, records.resource_id,
    records.clinical_status, records.verification_status, records.criticality,
    records.code, records.system, records.display, records.recorded_at,
    records.last_updated as last_updated_at,
    case records.verification_status
        when 'entered-in-error' then 'entered_in_error'
        when 'refuted' then 'refuted'
        else coalesce(
            links.withheld_as, labels.restricted_as,
            case when records.has_unknown_modifier then 'modifier_unknown' end,
            case when records.verification_status not in ('confirmed', 'unconfirmed', 'presumed')
                then 'status_unknown' end
        )
    end as excluded_as
from stg_allergy_intolerances as records
left join int_patient_people as links
    on links.sender = records.sender and links.patient_id = records.patient_id
left join int_security_labels as labels on labels.security = records.security

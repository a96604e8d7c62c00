-- grain: sender, resource_type, resource_id
-- reads: int_patient_people, int_security_labels, stg_immunizations
-- materialized: view
-- why: Every immunisation of every sender, given or not done, with the person it is about and,
--   where its status says neither, why it is left out.
select
    links.person_id, records.sender, 'Immunization' as resource_type, records.resource_id,
    records.status, records.status_reason, records.code, records.system, records.display,
    records.occurred_at, records.last_updated as last_updated_at,
    case
        when records.status = 'entered-in-error' then 'entered_in_error'
        else coalesce(
            links.withheld_as, labels.restricted_as,
            case when records.has_unknown_modifier then 'modifier_unknown' end,
            case when coalesce(records.status, '') not in ('completed', 'not-done')
                then 'status_unknown' end,
            case when records.is_subpotent then 'subpotent' end
        )
    end as excluded_as
from stg_immunizations as records
left join int_patient_people as links
    on links.sender = records.sender and links.patient_id = records.patient_id
left join int_security_labels as labels on labels.security = records.security

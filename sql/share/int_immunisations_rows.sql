-- grain: sender, resource_type, resource_id
-- reads: int_patient_people, stg_immunizations
-- materialized: view
-- why: Every immunisation of every sender, given or not done, with the person it is about and, where its status says
--   neither, why it is left out.
select
    links.person_id, records.sender, 'Immunization' as resource_type, records.resource_id,
    records.status, records.status_reason, records.code, records.system, records.display,
    records.occurred_at, records.last_updated as last_updated_at,
    case
        when records.status in ('completed', 'not-done') then null
        when records.status = 'entered-in-error' then 'entered_in_error'
        else 'status_unknown'
    end as excluded_as
from stg_immunizations as records
left join int_patient_people as links on links.sender = records.sender and links.patient_id = records.patient_id

-- grain: person_id, sender, resource_type, resource_id
-- reads: int_medications_rows, int_shared
-- publishes to: direct-care/medications
-- why: What the person takes or is prescribed, for the council's care of them.
select
    shared.person_id, shared.nhs_number, records.sender, records.resource_type, records.resource_id,
    records.status, records.intent, records.code, records.system, records.display, records.dosage_text,
    records.started_at, records.recorded_at, records.last_updated_at
from int_medications_rows as records
inner join int_shared as shared on shared.person_id = records.person_id and shared.dataset = 'medications'
where records.excluded_as is null

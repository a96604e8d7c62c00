-- grain: person_id, sender, resource_type, resource_id
-- reads: int_diagnoses_rows, int_shared
-- publishes to: direct-care/diagnoses
-- why: The person's confirmed diagnoses, for the council's care of them.
select
    shared.person_id, shared.nhs_number, records.sender, records.resource_type, records.resource_id,
    records.clinical_status, records.category, records.code, records.system, records.display,
    records.onset_at, records.recorded_at, records.last_updated_at
from int_diagnoses_rows as records
inner join int_shared as shared on shared.person_id = records.person_id and shared.dataset = 'diagnoses'
where records.excluded_as is null

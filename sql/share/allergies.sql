-- grain: person_id, sender, resource_type, resource_id
-- reads: int_allergies_rows, int_shared
-- publishes to: direct-care/allergies
-- why: What may harm the person, for the council's care of them. An unconfirmed allergy is shown as such, because
--   leaving it out could harm.
select
    shared.person_id, shared.nhs_number, records.sender, records.resource_type, records.resource_id,
    records.clinical_status, records.verification_status, records.criticality,
    records.code, records.system, records.display, records.recorded_at, records.last_updated_at
from int_allergies_rows as records
inner join int_shared as shared on shared.person_id = records.person_id and shared.dataset = 'allergies'
where records.excluded_as is null

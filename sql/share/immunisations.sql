-- grain: person_id, sender, resource_type, resource_id
-- reads: int_immunisations_rows, int_shared
-- publishes to: direct-care/immunisations
-- why: What the person has been protected against, and what was not done and why, for the council's care of them.
select
    shared.person_id, shared.nhs_number, records.sender, records.resource_type, records.resource_id,
    records.status, records.status_reason, records.code, records.system, records.display,
    records.occurred_at, records.last_updated_at
from int_immunisations_rows as records
inner join int_shared as shared on shared.person_id = records.person_id and shared.dataset = 'immunisations'
where records.excluded_as is null

-- grain: person_id, sender, resource_type, resource_id
-- reads: int_shared, int_visits_rows
-- publishes to: direct-care/visits
-- why: When health services saw the person or will see them, for the council's care of them.
select
    shared.person_id, shared.nhs_number, records.sender, records.resource_type, records.resource_id,
    records.status, records.class, records.service, records.provider, records.starts_at, records.ends_at,
    records.is_planned, records.last_updated_at
from int_visits_rows as records
inner join int_shared as shared on shared.person_id = records.person_id and shared.dataset = 'visits'
where records.excluded_as is null

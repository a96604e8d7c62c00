-- severity: block
-- grain: person_id, sender
-- reads: diagnoses, health.condition
-- why: a diagnosis is published only where the sender's own record calls it confirmed
select person_id, sender, resource_id
from diagnoses
where not exists (
    select 1
    from health.condition
    where condition.sender = diagnoses.sender
        and condition.id = diagnoses.resource_id
        and condition.verification_status = 'confirmed'
)

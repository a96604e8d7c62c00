-- grain: person_id, visit_id, sender, resource_type, resource_id
-- reads: int_visits_same_afternoon
-- publishes to: direct-care/visits_same_afternoon
-- why: So that health and social care can visit the same person together, or one after the other, and not at once.
select
    person_id, nhs_number, visit_id, sender, resource_type, resource_id, visit_on, council_visit_at, health_visit_at,
    service, provider
from int_visits_same_afternoon

-- grain: person_id
-- reads: int_nhs_numbers, int_shared
-- publishes to: direct-care/people
-- why: One person, one NHS number, and how far the number may be trusted.
select shared.person_id, shared.nhs_number, numbers.status as nhs_number_status, numbers.standing, numbers.method
from int_shared as shared
inner join int_nhs_numbers as numbers on numbers.person_id = shared.person_id
where shared.dataset = 'people'

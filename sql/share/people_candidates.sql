-- grain: person_id
-- reads: int_nhs_numbers, int_people
-- materialized: view
-- why: One person, one NHS number, and how far the number may be trusted.
select
    people.person_id, numbers.status as nhs_number_status, numbers.standing, numbers.method,
    cast(null as varchar) as excluded_as
from int_people as people
left join int_nhs_numbers as numbers on numbers.person_id = people.person_id

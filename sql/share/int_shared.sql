-- grain: person_id, dataset
-- reads: int_decisions, int_nhs_numbers
-- materialized: view
-- why: Who may be in which dataset, and under which NHS number: the only door to the published
--   tables.
select decisions.person_id, decisions.dataset, numbers.nhs_number
from int_decisions as decisions
inner join int_nhs_numbers as numbers on numbers.person_id = decisions.person_id
where decisions.decision = 'shared'

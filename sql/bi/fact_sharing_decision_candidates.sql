-- grain: dataset, person_id
-- reads: decisions, int_bi_people, int_bi_terms
-- materialized: view
-- why: Whether each dataset of direct care may be shared about each person, and which gate says no.
--   A row says that a record may be seen or not; it holds no health record.
select
    decisions.dataset, decisions.person_id, people.age_band, people.age_group, people.sex,
    decisions.decision, decisions.gate, decisions.reason,
    cast(null as varchar) as excluded_as
from decisions
cross join int_bi_terms
left join int_bi_people as people on people.person_id = decisions.person_id

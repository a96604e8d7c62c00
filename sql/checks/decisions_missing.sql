-- severity: block
-- grain: person_id
-- reads: casestore.dm_persons, decisions, int_datasets
-- why: every person of the case store has one decision for each dataset, whatever the gates lack
select persons.person_id, count(decisions.dataset) as count_decisions
from casestore.dm_persons as persons
left join decisions on decisions.person_id = persons.person_id
group by persons.person_id
having count(decisions.dataset) <> (select count(*) from int_datasets)

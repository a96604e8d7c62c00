-- The decisions that this withholding changes, with the rows that it takes out.
create or replace temp table stopped as
select was.person_id, was.dataset, withholding.evidence, coalesce(taken_out.count_rows, was_withheld.count_rows, 0) as count_rows
from was_decisions as was
join withholding on withholding.person_id = was.person_id
left join taken_out on taken_out.dataset = was.dataset and was.decision = 'shared'
left join was_withheld on was_withheld.person_id = was.person_id and was_withheld.dataset = was.dataset
where was.decision = 'shared' or was.gate in ('lawful', 'consented', 'not_opted_out')

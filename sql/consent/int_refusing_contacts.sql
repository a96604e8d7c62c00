-- grain: person_id
-- reads: config.agreement_datasets, int_standing_refusals
-- why: people who are not given as somebody else's contact: a refusal of theirs to share what the
--   council holds stands, for whichever dataset, or one may stand in a record that cannot be read.
select refusals.person_id, min(refusals.outcome) as outcome
from int_standing_refusals as refusals
inner join config.agreement_datasets as datasets on datasets.dataset = refusals.dataset
where datasets.direction = 'out'
group by refusals.person_id

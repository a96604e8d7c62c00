-- severity: block
-- reads: config.agreement_datasets, decisions, integrated_records
-- grain: person_id, dataset
-- why: who stands among the integrated records is shared in every dataset of health records that is
--   asked for each time
select distinct records.person_id, asked.dataset
from integrated_records as records
cross join config.agreement_datasets as asked
left join decisions on decisions.person_id = records.person_id and decisions.dataset = asked.dataset
where asked.gate = 'ask_each_time' and decisions.decision is distinct from 'shared'

-- severity: block
-- grain: dataset
-- reads: config.agreement_datasets, int_published, optout.cleared
-- why: in a dataset of secondary use, every NHS number came back from the national data opt-out in
--   a whole reply
select dataset, nhs_number
from int_published
where dataset in (select dataset from config.agreement_datasets
    where coalesce(is_secondary_use, true))
    and not exists (
        select 1 from optout.cleared
        where cleared.nhs_number = int_published.nhs_number and cleared.is_whole
    )

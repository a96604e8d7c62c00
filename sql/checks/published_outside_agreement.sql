-- severity: block
-- grain: dataset
-- reads: config.agreement_columns, config.agreement_datasets, config.settings, int_published
-- why: no dataset has a row that the agreement does not name with an audience, a purpose and its
--   columns, or while the agreement is out of date
select distinct published.dataset
from int_published as published
cross join config.settings as settings
left join config.agreement_datasets as agreed on agreed.dataset = published.dataset
where not coalesce(settings.agreement_in_date, false)
    or agreed.audience is null
    or agreed.purpose is null
    or published.dataset not in (select dataset from config.agreement_columns)

-- severity: block
-- grain: dataset, person_id
-- reads: config.agreement_datasets, config.settings, int_consent_request_datasets,
--   int_consent_requests, int_published
-- why: where the agreement asks each time, everybody published has an answer that opens the
--   dataset, within the window that ends at the as-at time
with given as (
    select distinct datasets.dataset, datasets.person_id
    from int_consent_request_datasets as datasets
    inner join int_consent_requests as requests
        on requests.consent_request_id = datasets.consent_request_id
            and requests.person_id = datasets.person_id
    cross join config.settings as settings
    where datasets.is_opening
        and requests.asked_at <= settings.as_at_local
        and settings.as_at_local
            - requests.asked_at < settings.consent_window_days * interval '1' day
)

select dataset, person_id
from int_published
where dataset in (select dataset from config.agreement_datasets where gate = 'ask_each_time')
    and not exists (
        select 1 from given where given.dataset = int_published.dataset
            and given.person_id = int_published.person_id
    )

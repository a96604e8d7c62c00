-- severity: block
-- grain: dataset, person_id
-- reads: config.agreement_datasets, int_consent_request_datasets, int_consent_requests, int_published
-- why: nobody is published in a dataset who, or for whom anybody, refused it or withdrew from it without consent given
--   since
with answers as (
    select
        datasets.dataset,
        datasets.person_id,
        max(case when requests.has_refusal then requests.asked_at end) as refused_at,
        max(case when requests.decision = 'given' and requests.is_able_to_decide then requests.asked_at end) as given_at
    from int_consent_request_datasets as datasets
    inner join int_consent_requests as requests
        on requests.consent_request_id = datasets.consent_request_id and requests.person_id = datasets.person_id
    group by datasets.dataset, datasets.person_id
)

select published.dataset, published.person_id
from int_published as published
inner join answers on answers.dataset = published.dataset and answers.person_id = published.person_id
inner join config.agreement_datasets as agreed
    on agreed.dataset = published.dataset and agreed.gate in ('ask_each_time', 'objection')
where answers.refused_at is not null
    and coalesce(answers.given_at <= answers.refused_at, true)

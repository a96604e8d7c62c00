-- severity: block
-- grain: dataset, person_id
-- reads: config.agreement_datasets, int_consent_request_datasets, int_consent_requests, int_published
-- why: nobody is published in a dataset who, or for whom anybody, refused it or withdrew from it without consent given
--   since; where the agreement asks each time, a parent's consent does not undo the person's own refusal
with answers as (
    select
        datasets.dataset,
        datasets.person_id,
        requests.asked_at,
        requests.has_refusal,
        requests.decision = 'given' and requests.is_able_to_decide as is_given,
        coalesce(requests.decided_by in ('self', 'gillick_competent_child'), false) as is_own,
        coalesce(requests.decided_by = 'parental_responsibility', false) as is_by_parent
    from int_consent_request_datasets as datasets
    inner join int_consent_requests as requests
        on requests.consent_request_id = datasets.consent_request_id and requests.person_id = datasets.person_id
),

moments as (
    select
        dataset,
        person_id,
        max(asked_at) filter (where has_refusal) as refused_at,
        max(asked_at) filter (where is_given) as given_at,
        max(asked_at) filter (where has_refusal and is_own) as refused_themselves_at,
        max(asked_at) filter (where is_given and not is_by_parent) as given_by_others_at
    from answers
    group by dataset, person_id
)

select published.dataset, published.person_id
from int_published as published
inner join moments on moments.dataset = published.dataset and moments.person_id = published.person_id
inner join config.agreement_datasets as agreed on agreed.dataset = published.dataset
where agreed.gate in ('ask_each_time', 'objection')
    and (
        (moments.refused_at is not null and coalesce(moments.given_at <= moments.refused_at, true))
        or (
            agreed.gate = 'ask_each_time'
            and moments.refused_themselves_at is not null
            and coalesce(moments.given_by_others_at <= moments.refused_themselves_at, true)
        )
    )

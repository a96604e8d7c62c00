-- grain: person_id, dataset
-- reads: int_consent_request_datasets, int_consent_requests
-- why: whether a person objects to what social care shares outward, for each dataset that they were asked about. Anyone's
--   refusal or withdrawal stands until somebody able to decide gives a later consent; two different answers at the latest
--   moment are a conflict. An answer in a word that nobody agreed on may be a refusal, and stands like one, as incomplete.
with answers as (
    select
        datasets.person_id,
        datasets.dataset,
        datasets.consent_request_id,
        requests.asked_at,
        coalesce(requests.decision, case when requests.has_refusal then 'refused' else 'incomplete' end) as decision,
        requests.is_contradicted,
        requests.has_refusal,
        requests.has_refusal or requests.has_unknown_decision as is_closing,
        coalesce(requests.decision = 'given', false) and requests.is_able_to_decide and requests.is_subject_clear
            and requests.is_dated and requests.step_status <> 'CANCELLED' and datasets.is_clear as is_lifting
    from int_consent_request_datasets as datasets
    inner join int_consent_requests as requests
        on requests.consent_request_id = datasets.consent_request_id and requests.person_id = datasets.person_id
    where datasets.gate = 'objection' and (requests.decision = 'given' or requests.has_refusal or requests.has_unknown_decision)
),

latest as (
    select
        person_id,
        dataset,
        consent_request_id,
        asked_at,
        decision,
        is_contradicted,
        has_refusal,
        is_closing,
        max(case when is_lifting then asked_at end) over of_dataset as lifted_at,
        rank() over (partition by person_id, dataset order by asked_at desc) as moment
    from answers
    window of_dataset as (partition by person_id, dataset)
),

conflicts as (
    select person_id, dataset, max(asked_at) as asked_at, min(consent_request_id) as consent_request_id
    from latest
    where moment = 1
    group by person_id, dataset
    having bool_or(is_contradicted) or min(decision) <> max(decision)
),

standing as (
    select
        person_id,
        dataset,
        consent_request_id,
        asked_at,
        decision,
        row_number() over (partition by person_id, dataset order by has_refusal desc, asked_at desc, decision, consent_request_id) as place
    from latest
    where is_closing and (lifted_at is null or lifted_at <= asked_at)
),

asked as (
    select distinct person_id, dataset from answers
),

final as (
    select
        asked.person_id,
        asked.dataset,
        case
            when conflicts.person_id is not null then 'conflict'
            when standing.person_id is not null then standing.decision
            else 'not_objected'
        end as outcome,
        coalesce(conflicts.consent_request_id, standing.consent_request_id) as consent_request_id,
        coalesce(conflicts.asked_at, standing.asked_at) as asked_at
    from asked
    left join conflicts on conflicts.person_id = asked.person_id and conflicts.dataset = asked.dataset
    left join standing
        on standing.person_id = asked.person_id and standing.dataset = asked.dataset and standing.place = 1
)

select person_id, dataset, outcome, consent_request_id, asked_at from final

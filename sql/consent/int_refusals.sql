-- grain: consent_request_id, person_id, dataset
-- reads: int_consent_request_datasets, int_consent_requests
-- why: the one verdict on refusals: every answer that is or may be a refusal or withdrawal, and
--   whether it stands. It stands, whoever gave it and however long ago, until a later answer opens
--   the dataset (int_consent_request_datasets says what opens). A parent's answer does not lift the
--   child's own refusal, outward or inward. A refusal counts as the person's own unless the form
--   says that somebody else decided.
with requests as (
    select
        requests.consent_request_id,
        requests.person_id,
        datasets.dataset,
        datasets.gate,
        datasets.direction,
        requests.asked_at,
        coalesce(requests.decision,
            case when requests.has_refusal then 'refused' else 'incomplete' end) as outcome,
        requests.is_contradicted,
        requests.has_refusal,
        requests.may_be_refusal,
        requests.decision = 'given' or requests.may_be_refusal as is_answer,
        requests.decided_by,
        coalesce(requests.decided_by, 'other') not in (
            'parental_responsibility', 'attorney', 'deputy', 'best_interests'
        ) as is_own,
        requests.decided_by = 'parental_responsibility' as is_by_parent,
        coalesce(datasets.is_opening, false) as is_opening
    from int_consent_requests as requests
    left join int_consent_request_datasets as datasets
        on datasets.consent_request_id = requests.consent_request_id
            and datasets.person_id = requests.person_id
),

lifted as (
    select
        person_id,
        dataset,
        max(asked_at) as lifted_at,
        max(case when not is_by_parent then asked_at end) as lifted_by_others_at
    from requests
    where is_opening
    group by person_id, dataset
),

-- two different answers of the latest moment are a conflict
latest as (
    select
        person_id,
        dataset,
        asked_at,
        bool_or(is_contradicted) or min(outcome) <> max(outcome) as is_conflict,
        row_number() over (partition by person_id, dataset order by asked_at desc) as rank
    from requests
    where is_answer
    group by person_id, dataset, asked_at
),

final as (
    select
        requests.consent_request_id,
        requests.person_id,
        requests.dataset,
        requests.gate,
        requests.direction,
        requests.asked_at,
        case when coalesce(latest.is_conflict, false) then 'conflict' else requests.outcome end
            as outcome,
        requests.has_refusal,
        requests.decided_by,
        requests.is_own,
        coalesce(
            case when requests.is_own
                then lifted.lifted_by_others_at else lifted.lifted_at end <= requests.asked_at,
            true
        ) as is_standing
    from requests
    left join lifted on lifted.person_id = requests.person_id and lifted.dataset = requests.dataset
    left join latest
        on latest.person_id = requests.person_id
        and latest.dataset = requests.dataset
        and latest.asked_at = requests.asked_at
        and latest.rank = 1
    where requests.may_be_refusal
)

select
    consent_request_id, person_id, dataset, gate, direction, asked_at, outcome, has_refusal,
    decided_by, is_own, is_standing
from final

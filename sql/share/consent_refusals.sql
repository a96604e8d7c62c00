-- grain: consent_request_id, person_id, dataset
-- reads: decisions, int_consent_request_datasets, int_consent_requests, withheld
-- publishes to: audit/consent_refusals
-- why: Every refusal and withdrawal, whether it stands, and what it stops at this as-at. A refusal stands until
--   somebody able to decide gives consent later, and where it is asked each time a person's own refusal is not undone
--   by a parent; of several that stand, the latest is the one that stops.
with requests as (
    select
        requests.consent_request_id, requests.person_id, datasets.dataset, datasets.gate, requests.direction, requests.asked_at,
        coalesce(requests.decision, 'contradicted') as decision, requests.decided_by, requests.reason, requests.has_refusal,
        coalesce(requests.decision = 'given', false) and requests.is_able_to_decide and requests.is_subject_clear
            and requests.is_dated and requests.step_status <> 'CANCELLED' and datasets.is_clear as is_lifting
    from int_consent_requests as requests
    left join int_consent_request_datasets as datasets
        on datasets.consent_request_id = requests.consent_request_id and datasets.person_id = requests.person_id
),

lifted as (
    select
        person_id,
        dataset,
        max(asked_at) as lifted_at,
        max(asked_at) filter (where decided_by <> 'parental_responsibility') as lifted_by_others_at
    from requests
    where is_lifting
    group by person_id, dataset
),

judged as (
    select
        requests.consent_request_id, requests.person_id, requests.dataset, requests.direction, requests.asked_at,
        requests.decision, requests.decided_by, requests.reason,
        coalesce(
            case
                when requests.gate = 'ask_each_time' and requests.decided_by in ('self', 'gillick_competent_child')
                then lifted.lifted_by_others_at
                else lifted.lifted_at
            end <= requests.asked_at,
            true
        ) as is_standing
    from requests
    left join lifted on lifted.person_id = requests.person_id and lifted.dataset = requests.dataset
    where requests.has_refusal
),

placed as (
    select
        consent_request_id, person_id, dataset, direction, asked_at, decision, decided_by, reason, is_standing,
        row_number() over (
            partition by person_id, dataset order by is_standing desc, asked_at desc, consent_request_id desc
        ) as place
    from judged
)

select
    placed.consent_request_id, placed.person_id, placed.dataset, placed.direction, placed.asked_at, placed.decision,
    placed.decided_by, placed.reason, placed.is_standing,
    decisions.decision as decision_now,
    decisions.reason as reason_now,
    case
        when placed.is_standing and placed.place = 1 and withheld.gate = 'consented' then withheld.count_rows
        else 0
    end as count_rows_stopped
from placed
left join decisions on decisions.person_id = placed.person_id and decisions.dataset = placed.dataset
left join withheld on withheld.person_id = placed.person_id and withheld.dataset = placed.dataset

-- grain: consent_request_id, person_id, dataset
-- reads: decisions, int_consent_requests, int_refusals, withheld
-- publishes to: audit/consent_refusals
-- why: Every refusal and withdrawal, whether it stands (int_refusals), and what it stops at this as-at: of several that
--   stand, the latest is the one that stops.
with refusals as (
    select
        refusals.consent_request_id, refusals.person_id, refusals.dataset, requests.direction, refusals.asked_at,
        coalesce(requests.decision, 'contradicted') as decision, refusals.decided_by, requests.reason,
        refusals.is_standing,
        row_number() over (
            partition by refusals.person_id, refusals.dataset
            order by refusals.is_standing desc, refusals.asked_at desc, refusals.consent_request_id desc
        ) as rank
    from int_refusals as refusals
    inner join int_consent_requests as requests
        on requests.consent_request_id = refusals.consent_request_id and requests.person_id = refusals.person_id
    where refusals.has_refusal
)

select
    refusals.consent_request_id, refusals.person_id, refusals.dataset, refusals.direction, refusals.asked_at,
    refusals.decision, refusals.decided_by, refusals.reason, refusals.is_standing,
    decisions.decision as decision_now,
    decisions.reason as reason_now,
    case
        when refusals.is_standing and refusals.rank = 1 and withheld.gate = 'consented' then withheld.count_rows
        else 0
    end as count_rows_stopped
from refusals
left join decisions on decisions.person_id = refusals.person_id and decisions.dataset = refusals.dataset
left join withheld on withheld.person_id = refusals.person_id and withheld.dataset = refusals.dataset

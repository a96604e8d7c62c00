-- grain: consent_request_id, person_id, dataset
-- reads: consent_requests, decisions, withheld
-- publishes to: audit/consent_refusals
-- why: Every refusal and withdrawal, whether it stands, and what it stops at this as-at. A refusal stands until
--   somebody able to decide gives consent later; of several that stand, the latest is the one that stops.
with refusals as (
    select consent_request_id, person_id, dataset, direction, asked_at, decision, decided_by, reason
    from consent_requests
    where decision in ('refused', 'withdrawn')
),

given as (
    select person_id, dataset, max(asked_at) as last_given_at
    from consent_requests
    where decision = 'given' and is_able_to_decide
    group by person_id, dataset
),

judged as (
    select
        refusals.consent_request_id, refusals.person_id, refusals.dataset, refusals.direction, refusals.asked_at,
        refusals.decision, refusals.decided_by, refusals.reason,
        given.last_given_at is null or given.last_given_at <= refusals.asked_at as is_standing
    from refusals
    left join given on given.person_id = refusals.person_id and given.dataset = refusals.dataset
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
    cast(end as bigint) as count_rows_stopped
from placed
left join decisions on decisions.person_id = placed.person_id and decisions.dataset = placed.dataset
left join withheld on withheld.person_id = placed.person_id and withheld.dataset = placed.dataset

-- grain: consent_request_id, person_id, dataset
-- reads: config.reasons, decisions, int_consent_requests, int_published, int_refusals,
--   int_same_people, stg_organisations, stg_workers, withheld
-- publishes to: audit/consent_refusals
-- why: An auditor's answer about each refusal and withdrawal: who asked, whether it stands
--   (int_refusals), what it stops at this as-at, and whether it was honoured: no row of the dataset
--   about any record of the person is published. Of several refusals that stand, the latest is the
--   one that stops.
with refusals as (
    select
        refusals.consent_request_id, refusals.person_id, refusals.dataset, requests.direction,
        refusals.asked_at, requests.asked_by_worker_id, workers.full_name as asked_by_worker,
        requests.asked_by_role, requests.asked_by_team_id, teams.name as asked_by_team,
        coalesce(requests.decision, 'contradicted') as decision, refusals.decided_by,
        requests.reason, refusals.is_standing,
        row_number() over (
            partition by refusals.person_id, refusals.dataset
            order by refusals.is_standing desc, refusals.asked_at desc,
                refusals.consent_request_id desc
        ) as rank
    from int_refusals as refusals
    inner join int_consent_requests as requests
        on requests.consent_request_id = refusals.consent_request_id
            and requests.person_id = refusals.person_id
    left join stg_workers as workers on workers.worker_id = requests.asked_by_worker_id
    left join stg_organisations as teams on teams.organisation_id = requests.asked_by_team_id
    where refusals.has_refusal
),

records as (
    select person_id, person_id as record_id from refusals
    union
    select other_person_id, person_id from int_same_people
),

published as (
    select records.person_id, published.dataset, sum(published.count_rows) as count_rows
    from records
    inner join int_published as published on published.person_id = records.record_id
    group by records.person_id, published.dataset
)

select
    refusals.consent_request_id, refusals.person_id, refusals.dataset, refusals.direction,
    refusals.asked_at, refusals.asked_by_worker_id, refusals.asked_by_worker,
    refusals.asked_by_role, refusals.asked_by_team_id, refusals.asked_by_team,
    refusals.decision, refusals.decided_by, refusals.reason, refusals.is_standing,
    decisions.decision as decision_now,
    decisions.reason as reason_now,
    reasons.words as reason_now_words,
    case
        when refusals.is_standing and refusals.rank = 1 and withheld.gate = 'consented'
            then withheld.count_rows
        else 0
    end as count_rows_stopped,
    cast(coalesce(published.count_rows, 0) as bigint) as count_rows_shared,
    case when refusals.is_standing and refusals.dataset is not null
        then coalesce(published.count_rows, 0) = 0 end
        as is_honoured,
    case when refusals.is_standing and refusals.dataset is not null then 'refusal_not_honoured' end
        as checked_by
from refusals
left join decisions on decisions.person_id = refusals.person_id
    and decisions.dataset = refusals.dataset
left join config.reasons as reasons on reasons.reason = decisions.reason
left join withheld on withheld.person_id = refusals.person_id
    and withheld.dataset = refusals.dataset
left join published on published.person_id = refusals.person_id
    and published.dataset = refusals.dataset

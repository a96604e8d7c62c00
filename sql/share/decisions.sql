-- grain: person_id, dataset
-- reads: gate_in_agreement, gate_in_episode, int_decisions
-- publishes to: audit/decisions
-- materialized: view
-- why: Every person of the case store and every dataset has one decision. Those out of scope need
--   no gate asked but the first two.
with in_scope as (
    select
        person_id, dataset, audience, decision, gate, reason, evidence,
        case when gate = '' then 'decisions' else 'gate_' || gate end as rule
    from int_decisions
),

not_in_scope as (
    select
        episode.person_id,
        agreement.dataset,
        agreement.audience,
        case when agreement.is_open then 'out_of_scope' else 'withheld' end as decision,
        case when agreement.is_open then 'in_episode' else 'in_agreement' end as gate,
        case when agreement.is_open then episode.reason else agreement.reason end as reason,
        case when agreement.is_open then null else agreement.evidence end as evidence,
        case when agreement.is_open then 'gate_in_episode' else 'gate_in_agreement' end as rule
    from gate_in_episode as episode
    cross join gate_in_agreement as agreement
    where not coalesce(episode.is_open, false)
),

final as (
    select person_id, dataset, audience, decision, gate, reason, evidence, rule from in_scope
    union all
    select person_id, dataset, audience, decision, gate, reason, evidence, rule from not_in_scope
)

select person_id, dataset, audience, decision, gate, reason, evidence, rule
from final

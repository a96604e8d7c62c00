-- grain: gate, reason
-- reads: dim_person_tiers, gate_in_episode, int_bi_gates
-- publishes to: audit/bi_left_out
-- why: How many people dim_person leaves out, and why: numbers alone. Nothing records who opted out
--   of secondary use.
with gates as (
    select
        case when gates.gate = '' and tiers.person_id is null
            then 'too_few_alike' else gates.gate end
            as gate,
        case when gates.gate = '' and tiers.person_id is null
            then 'fewer_than_k' else gates.reason end
            as reason
    from int_bi_gates as gates
    left join dim_person_tiers as tiers on tiers.person_id = gates.person_id
    union all
    select 'in_episode', reason
    from gate_in_episode
    where not coalesce(is_open, false)
)

select gate, reason, count(*) as count_people
from gates
group by gate, reason

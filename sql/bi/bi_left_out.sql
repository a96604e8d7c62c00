-- grain: gate, reason
-- reads: gate_in_episode, int_bi_gates, int_bi_members
-- publishes to: audit/bi_left_out
-- why: How many people BI is not told of, and why: numbers alone. Who opted out of secondary use is written down nowhere.
with gates as (
    select
        case when gates.gate = '' and members.person_id is null then 'too_few_alike' else gates.gate end as gate,
        case when gates.gate = '' and members.person_id is null then 'fewer_than_k' else gates.reason end as reason
    from int_bi_gates as gates
    left join int_bi_members as members on members.person_id = gates.person_id
    union all
    select 'in_episode', reason
    from gate_in_episode
    where not coalesce(is_open, false)
)

select gate, reason, count(*) as count_people
from gates
group by gate, reason

-- grain: dataset, decision, gate, reason
-- reads: decisions, int_fates
-- why: for each dataset, how many people are shared, withheld and out of scope, for which reason,
--   and how many rows that is
-- numerator: people and rows of one dataset with one decision, gate and reason
-- denominator: all people of the case store for that dataset
-- source: decisions, and the fates of the candidate rows
-- known limits: rows left out for what they are, or about nobody of the case store, are in
--   conservation and not here
with people as (
    select dataset, decision, gate, reason, count(*) as count_people
    from decisions
    group by dataset, decision, gate, reason
),

fates as (
    select dataset, fate, gate, reason, cast(sum(count_rows) as bigint) as count_rows
    from int_fates
    where excluded_as is null
    group by dataset, fate, gate, reason
)

select
    people.dataset, people.decision, people.gate, people.reason, people.count_people,
    coalesce(fates.count_rows, 0) as count_rows
from people
left join fates
    on fates.dataset = people.dataset
    and fates.fate = people.decision
    and fates.gate = people.gate
    and fates.reason = people.reason

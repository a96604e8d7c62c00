-- grain: person_id, dataset
-- reads: decisions, int_fates
-- publishes to: audit/withheld
-- why: What people would have had shared about them, and which gate stopped it: counts and reasons, never the content.
with stopped as (
    select dataset, person_id, count_rows
    from int_fates
    where fate = 'withheld'
)

select
    decisions.person_id, decisions.dataset, decisions.gate, decisions.reason,
    coalesce(stopped.count_rows, 0) as count_rows
from decisions
left join stopped on stopped.person_id = decisions.person_id and stopped.dataset = decisions.dataset
where decisions.decision = 'withheld'

-- grain: person_id, dataset, reason
-- reads: decisions, int_fates
-- publishes to: audit/withheld
-- why: What people would have had shared about them, and which gate stopped it: counts and reasons,
--   never the content. Of people who are shared, single records stand here that a security label
--   closes or that cannot be interpreted.
with stopped as (
    select dataset, person_id, sum(count_rows) as count_rows
    from int_fates
    where fate = 'withheld'
    group by dataset, person_id
)

select
    decisions.person_id, decisions.dataset, decisions.gate, decisions.reason,
    cast(coalesce(stopped.count_rows, 0) as bigint) as count_rows
from decisions
left join stopped on stopped.person_id = decisions.person_id and stopped.dataset = decisions.dataset
where decisions.decision = 'withheld'
union all
select fates.person_id, fates.dataset, fates.gate, fates.reason, fates.count_rows
from int_fates as fates
inner join decisions on decisions.person_id = fates.person_id and decisions.dataset = fates.dataset
where fates.fate = 'withheld' and decisions.decision = 'shared'

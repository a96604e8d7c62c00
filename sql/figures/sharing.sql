-- grain: breakdown, category, measure
-- reads: decisions_by_reason, gate_in_agreement
-- why: sharing both ways: for how many people each dataset is shared and withheld, and why it is withheld
-- numerator: decisions to share; decisions to withhold, by reason
-- denominator: decisions about people with an open episode of care; one person has one decision for each dataset
-- source: the decisions of the seven gates
-- known limits: a person withheld from five datasets counts five times; of several reasons the first gate's counts
with decided as (
    select
        case agreement.direction when 'in' then 'health to council' when 'out' then 'council to health' end as direction,
        replace(decisions.dataset, '_', ' ') as dataset,
        decisions.decision, replace(decisions.reason, '_', ' ') as reason, decisions.count_people
    from decisions_by_reason as decisions
    inner join gate_in_agreement as agreement on agreement.dataset = decisions.dataset
    where decisions.decision in ('shared', 'withheld') and agreement.direction in ('in', 'out')
),

placed as (
    select 'all' as breakdown, 'all' as category, cast(null as varchar) as within, decision, count_people from decided
    union all
    select 'direction', direction, 'all', decision, count_people from decided
    union all
    select 'dataset', dataset, direction, decision, count_people from decided
),

counted as (
    select
        breakdown, category, within,
        cast(sum(count_people) as bigint) as count_decided,
        cast(coalesce(sum(count_people) filter (where decision = 'shared'), 0) as bigint) as count_shared,
        cast(coalesce(sum(count_people) filter (where decision = 'withheld'), 0) as bigint) as count_withheld
    from placed
    group by breakdown, category, within
),

final as (
    select breakdown, category, within, 'decided' as measure, cast(null as varchar) as part_of, count_decided as value from counted
    union all
    select breakdown, category, within, 'shared', 'decided', count_shared from counted
    union all
    select breakdown, category, within, 'withheld', 'decided', count_withheld from counted
    union all
    select 'reason', direction || ': ' || reason, direction, 'withheld', cast(null as varchar), cast(sum(count_people) as bigint)
    from decided
    where decision = 'withheld'
    group by direction, reason
)

select breakdown, category, within, measure, part_of, value
from final

-- grain: breakdown, category, measure
-- reads: config.reasons, decisions, gate_in_agreement
-- why: sharing both ways: for how many people each dataset is shared and withheld, and why
-- numerator: people for whom the dataset is shared; for whom it is withheld; people withheld from
--   any dataset, by reason
-- denominator: people with an open episode of care
-- source: the decisions of the seven gates
-- known limits: people, never decisions, which would count a few people many times over; a person
--   with two reasons counts under each, so reasons add up to nothing
with decided as (
    select
        case agreement.direction when 'in' then 'health to council'
            when 'out' then 'council to health' end as direction,
        decisions.dataset, decisions.person_id, decisions.decision, decisions.reason
    from decisions
    inner join gate_in_agreement as agreement on agreement.dataset = decisions.dataset
    where decisions.decision in ('shared', 'withheld') and agreement.direction in ('in', 'out')
),

counted as (
    select
        direction || ': ' || replace(dataset, '_', ' ') as category,
        count(*) as count_decided,
        count(*) filter (where decision = 'shared') as count_shared,
        count(*) filter (where decision = 'withheld') as count_withheld
    from decided
    group by direction, dataset
),

withheld as (
    select coalesce(reasons.words, replace(decided.reason, '_', ' ')) as reason, decided.direction,
        decided.person_id
    from decided
    left join config.reasons as reasons on reasons.reason = decided.reason
    where decided.decision = 'withheld'
),

by_reason as (
    select reasons.reason, directions.direction, count(distinct withheld.person_id) as count_people
    from (select distinct reason from withheld) as reasons
    cross join (select distinct direction from decided) as directions
    left join withheld on withheld.reason = reasons.reason
        and withheld.direction = directions.direction
    group by reasons.reason, directions.direction
),

final as (
    select 'dataset' as breakdown, category, 'people' as measure, cast(null as varchar) as part_of,
        count_decided as value from counted
    union all
    select 'dataset', category, 'shared', 'people', count_shared from counted
    union all
    select 'dataset', category, 'withheld', 'people', count_withheld from counted
    union all
    select 'reason', reason, 'withheld, ' || direction, null, count_people from by_reason
)

select breakdown, category, cast(null as varchar) as within, measure, part_of, value
from final

-- grain: breakdown, category, measure
-- reads: cpis_cohort
-- why: how many children the NHS should know through CP-IS, and how many it cannot be told of; a council may go live with
--   95 per cent matched to NHS numbers (DCB1609)
-- numerator: children who can be sent; who have a matched number and cannot be sent for another reason; who have no matched number
-- denominator: children on a child protection plan, looked after, or unborn on a plan, now or within twelve months
-- source: cpis_cohort
-- known limits: an unborn child counts as the mother; a number can be matched and still be refused by the NHS
with children as (
    select
        person_id,
        case
            when bool_or(plan_type = 'UCPP') then 'unborn child on a plan'
            when count(distinct plan_type) = 2 then 'on a plan and looked after'
            when bool_or(plan_type = 'CPP') then 'on a child protection plan'
            else 'looked after'
        end as plans,
        bool_and(can_be_sent) as is_sent,
        bool_and(nhs_number is not null) as is_matched
    from cpis_cohort
    group by person_id
),

placed as (
    select 'all' as breakdown, 'all' as category, cast(null as varchar) as within, is_sent, is_matched from children
    union all
    select 'plan', plans, 'all', is_sent, is_matched from children
),

counted as (
    select
        breakdown, category, within, count(*) as count_children,
        count(*) filter (where is_sent) as count_sent,
        count(*) filter (where not is_sent and is_matched) as count_matched,
        count(*) filter (where not is_matched) as count_unmatched
    from placed
    group by breakdown, category, within
),

final as (
    select breakdown, category, within, 'children' as measure, cast(null as varchar) as part_of, count_children as value from counted
    union all
    select breakdown, category, within, 'can be sent', 'children', count_sent from counted
    union all
    select breakdown, category, within, 'matched, cannot be sent', 'children', count_matched from counted
    union all
    select breakdown, category, within, 'without a matched NHS number', 'children', count_unmatched from counted
)

select breakdown, category, within, measure, part_of, value
from final

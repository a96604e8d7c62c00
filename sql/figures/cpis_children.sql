-- grain: breakdown, category, measure
-- reads: cpis_cohort, int_cpis_custodians, stg_organisations
-- why: how many children the NHS should know through CP-IS, and how many it cannot be told of; a
--   council may go live with 95 per cent matched to NHS numbers (DCB1609)
-- numerator: children who can be sent; who have a matched number and cannot be sent for another
--   reason; who have no matched number, also by plan and by the team of the child's custodian
-- denominator: children on a child protection plan, looked after, or unborn on a plan, now or
--   within twelve months
-- source: cpis_cohort
-- known limits: an unborn child counts as the mother; a number can be matched and still be refused
--   by the NHS; a child who is on a plan and looked after counts as on a plan
with children as (
    select
        person_id,
        case when bool_or(plan_type in ('UCPP', 'CPP'))
            then 'on a child protection plan, born or unborn' else 'looked after' end as plans,
        bool_and(can_be_sent) as is_sent,
        bool_and(nhs_number is not null) as is_matched
    from cpis_cohort
    group by person_id
),

counted as (
    select
        count(*) as count_children,
        count(*) filter (where is_sent) as count_sent,
        count(*) filter (where not is_sent and is_matched) as count_matched,
        count(*) filter (where not is_matched) as count_unmatched
    from children
),

by_plan as (
    select
        plans, count(*) as count_children,
        count(*) filter (where is_matched) as count_matched,
        count(*) filter (where not is_matched) as count_unmatched
    from children
    group by plans
),

-- the number to act on alone: with the team's other children beside it, most teams would be hidden
by_team as (
    select coalesce(teams.name, 'no team recorded') as team,
        count(*) filter (where not children.is_matched) as count_unmatched
    from children
    left join int_cpis_custodians as custodians on custodians.person_id = children.person_id
    left join stg_organisations as teams on teams.organisation_id = custodians.team_id
    group by coalesce(teams.name, 'no team recorded')
),

final as (
    select 'all' as breakdown, 'all' as category, cast(null as varchar) as within,
        'children' as measure, cast(null as varchar) as part_of, count_children as value
        from counted
    union all
    select 'all', 'all', null, 'can be sent', 'children', count_sent from counted
    union all
    select 'all', 'all', null, 'matched, cannot be sent', 'children', count_matched from counted
    union all
    select 'all', 'all', null, 'without a matched NHS number', 'children', count_unmatched
    from counted
    union all
    select 'plan', plans, 'all', 'children', null, count_children from by_plan
    union all
    select 'plan', plans, 'all', 'with a matched NHS number', 'children', count_matched from by_plan
    union all
    select 'plan', plans, 'all', 'without a matched NHS number', 'children', count_unmatched
    from by_plan
    union all
    select 'team', team, 'all', 'without a matched NHS number', null, count_unmatched from by_team
)

select breakdown, category, within, measure, part_of, value
from final

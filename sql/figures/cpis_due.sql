-- grain: breakdown, category, measure
-- reads: cpis_follow_ups, stg_organisations
-- why: what is open, and what is open too long
-- numerator: children with a follow-up past its due time; with open follow-ups of which none is past it
-- denominator: children with an open follow-up
-- source: cpis_follow_ups
-- known limits: a child with several open matters counts once
with children as (
    select
        coalesce(cast(matters.person_id as varchar), matters.nhs_number) as child,
        coalesce(max(teams.name), 'no team recorded') as team,
        min(case matters.severity when 'high' then 1 when 'standard' then 2 else 3 end) as severity,
        case when bool_or(matters.is_past_due) then 1 else 2 end as stands
    from cpis_follow_ups as matters
    left join stg_organisations as teams on teams.organisation_id = matters.team_id
    where matters.state <> 'closed'
    group by 1
),

placed as (
    select 'all' as breakdown, 'all' as category, cast(null as varchar) as within, stands from children
    union all
    select 'team', team, 'all', stands from children
    union all
    select 'severity', case severity when 1 then 'high' when 2 then 'standard' else 'low' end, 'all', stands from children
),

final as (
    select breakdown, category, within, 'open' as measure, cast(null as varchar) as part_of, count(*) as value
    from placed
    group by breakdown, category, within
    union all
    select breakdown, category, within, 'past due', 'open', count(*) filter (where stands = 1)
    from placed
    group by breakdown, category, within
    union all
    select breakdown, category, within, 'not yet due', 'open', count(*) filter (where stands = 2)
    from placed
    group by breakdown, category, within
)

select breakdown, category, within, measure, part_of, value
from final

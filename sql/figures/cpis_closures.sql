-- grain: breakdown, category, measure
-- reads: config.settings, cpis_follow_ups, stg_organisations
-- why: how soon follow-ups were closed with an outcome
-- numerator: children of whom every matter was closed in time; of whom one was closed late; of whom one is open
-- denominator: children with a follow-up of the 28 days before the as-at moment
-- source: cpis_follow_ups, whose states are the case store's workflow steps
-- known limits: a child with several matters counts once, under the worst; in time is by the due time of the matter's severity
with children as (
    select
        coalesce(cast(matters.person_id as varchar), matters.nhs_number) as child,
        coalesce(max(teams.name), 'no team recorded') as team,
        min(case matters.severity when 'high' then 1 when 'standard' then 2 else 3 end) as severity,
        max(case
            when matters.state <> 'closed' then 3
            when matters.closed_at at time zone 'Europe/London' <= matters.due_at then 1
            else 2
        end) as stands
    from cpis_follow_ups as matters
    cross join config.settings as settings
    left join stg_organisations as teams on teams.organisation_id = matters.team_id
    where matters.notified_at > settings.as_at - interval 28 day and matters.notified_at <= settings.as_at
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
    select breakdown, category, within, 'children' as measure, cast(null as varchar) as part_of, count(*) as value
    from placed
    group by breakdown, category, within
    union all
    select breakdown, category, within, 'closed in time', 'children', count(*) filter (where stands = 1)
    from placed
    group by breakdown, category, within
    union all
    select breakdown, category, within, 'closed late', 'children', count(*) filter (where stands = 2)
    from placed
    group by breakdown, category, within
    union all
    select breakdown, category, within, 'open', 'children', count(*) filter (where stands = 3)
    from placed
    group by breakdown, category, within
)

select breakdown, category, within, measure, part_of, value
from final

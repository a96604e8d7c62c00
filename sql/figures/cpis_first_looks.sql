-- grain: breakdown, category, measure
-- reads: config.settings, cpis_follow_ups, stg_organisations
-- why: how soon somebody looked after the council was told that a child was seen in unscheduled care
-- numerator: children of whom every matter was looked at within a day; of whom one was looked at later; of whom one was not yet looked at
-- denominator: children with a follow-up of the 28 days before the as-at moment
-- source: cpis_follow_ups, whose states are the case store's workflow steps
-- known limits: a child with several matters counts once, under the slowest; hours are of the clock, not of work; a child nobody knows counts by number
with children as (
    select
        coalesce(cast(matters.person_id as varchar), matters.nhs_number) as child,
        coalesce(max(teams.name), 'no team recorded') as team,
        min(case matters.severity when 'high' then 1 when 'standard' then 2 else 3 end) as severity,
        max(case
            when matters.seen_at is null then 3
            when matters.seen_at at time zone 'Europe/London' <= matters.notified_at + interval 24 hour then 1
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
    select breakdown, category, within, 'looked at within a day', 'children', count(*) filter (where stands = 1)
    from placed
    group by breakdown, category, within
    union all
    select breakdown, category, within, 'looked at later', 'children', count(*) filter (where stands = 2)
    from placed
    group by breakdown, category, within
    union all
    select breakdown, category, within, 'not looked at', 'children', count(*) filter (where stands = 3)
    from placed
    group by breakdown, category, within
)

select breakdown, category, within, measure, part_of, value
from final

-- grain: question, breakdown, category, measure
-- reads: config.settings, cpis_follow_ups, stg_organisations
-- why: How soon somebody looked after a child was seen, how soon it was closed with an outcome, and
--   what is open too long: each question counts children, by severity, and a child with several
--   matters once, where its worst one stands. By team there is only what a team must act on: with
--   its other numbers beside it, most teams would be hidden.
with matters as (
    select
        coalesce(cast(matters.person_id as varchar), matters.nhs_number) as child,
        teams.name as team,
        case matters.severity when 'high' then 1 when 'standard' then 2 else 3 end as severity,
        matters.notified_at > settings.as_at - interval '28' day
            and matters.notified_at <= settings.as_at as is_recent,
        matters.state <> 'closed' as is_open, matters.is_past_due,
        case
            when matters.seen_at is null then 3
            when matters.seen_at at time zone 'Europe/London' <= matters.notified_at
                + interval '24' hour then 1
            else 2
        end as look,
        case
            when matters.state <> 'closed' then 3
            when matters.closed_at at time zone 'Europe/London' <= matters.due_at then 1
            else 2
        end as closure
    from cpis_follow_ups as matters
    cross join config.settings as settings
    left join stg_organisations as teams on teams.organisation_id = matters.team_id
),

asked as (
    select 'first look' as question, child, team, severity, look as stands from matters
    where is_recent
    union all
    select 'closure', child, team, severity, closure from matters where is_recent
    union all
    select 'due', child, team, severity, case when is_past_due then 2 else 1 end from matters
    where is_open
),

children as (
    select question, child, coalesce(max(team), 'no team recorded') as team,
        min(severity) as severity, max(stands) as stands
    from asked
    group by question, child
),

placed as (
    select question, 'all' as breakdown, 'all' as category, cast(null as varchar) as within, stands
    from children
    union all
    select question, 'team', team, 'all', stands from children
    union all
    select question, 'severity',
        case severity when 1 then 'high' when 2 then 'standard' else 'low' end, 'all', stands
        from children
),

measures (question, measure, part_of, stands) as (
    values
        ('first look', 'children', null, null),
        ('first look', 'looked at within a day', 'children', 1),
        ('first look', 'looked at later', 'children', 2),
        ('first look', 'not looked at', 'children', 3),
        ('closure', 'children', null, null),
        ('closure', 'closed in time', 'children', 1),
        ('closure', 'closed late', 'children', 2),
        ('closure', 'open', 'children', 3),
        ('due', 'open', null, null),
        ('due', 'past due', 'open', 2),
        ('due', 'not yet due', 'open', 1)
),

final as (
    select
        placed.question, placed.breakdown, placed.category, placed.within, measures.measure,
        case when placed.breakdown <> 'team' then measures.part_of end as part_of,
        count(*) filter (where measures.stands is null or measures.stands = placed.stands) as value
    from placed
    inner join measures on measures.question = placed.question
    where placed.breakdown <> 'team' or measures.measure in ('not looked at', 'past due')
    group by placed.question, placed.breakdown, placed.category, placed.within, measures.measure,
        measures.part_of
)

select question, breakdown, category, within, measure, part_of, value
from final

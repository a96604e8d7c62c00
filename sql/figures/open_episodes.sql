-- grain: breakdown, category, measure
-- reads: config.settings, int_episodes, stg_organisations, stg_workflow_steps
-- why: how many episodes of care are open, by kind, service and team, and how many opened and closed in the last 28 days
-- numerator: episodes of care open at the as-at moment; opened, and closed, in the 28 days before it
-- denominator: all episodes of care that began by the as-at moment
-- source: workflow steps of the configured types, referrals of children in need, child protection plans, periods of care
-- known limits: a person with two episodes counts twice; an episode that closed at no known time is in none of the three;
--   only workflow steps name a team; two kinds must not have a service of one name
with episodes as (
    select
        replace(episodes.kind, '_', ' ') as kind,
        coalesce(episodes.service, replace(episodes.kind, '_', ' ')) as service,
        case when episodes.source = 'workflow_step' then 'workflow steps' else 'other records' end as record,
        coalesce(teams.name, 'no team recorded') as team,
        episodes.is_open,
        episodes.opened_at > settings.as_at_local - interval '28' day as is_opened,
        coalesce(episodes.closed_at > settings.as_at_local - interval '28' day, false) as is_closed
    from int_episodes as episodes
    cross join config.settings as settings
    left join stg_workflow_steps as steps
        on episodes.source = 'workflow_step' and steps.workflow_step_id = episodes.source_id
    left join stg_organisations as teams on teams.organisation_id = steps.responsible_team_id
),

placed as (
    select 'all' as breakdown, 'all' as category, cast(null as varchar) as within, is_open, is_opened, is_closed from episodes
    union all
    select 'record', record, 'all', is_open, is_opened, is_closed from episodes
    union all
    select 'kind', kind, record, is_open, is_opened, is_closed from episodes
    union all
    select 'service', service, kind, is_open, is_opened, is_closed from episodes
    union all
    select 'team', team, record, is_open, is_opened, is_closed from episodes where record = 'workflow steps'
),

counted as (
    select
        breakdown, category, within,
        count(*) filter (where is_open) as count_open,
        count(*) filter (where is_opened) as count_opened,
        count(*) filter (where is_closed) as count_closed
    from placed
    group by breakdown, category, within
),

final as (
    select breakdown, category, within, 'open' as measure, count_open as value from counted
    union all
    select breakdown, category, within, 'opened in 28 days', count_opened from counted
    union all
    select breakdown, category, within, 'closed in 28 days', count_closed from counted
)

select breakdown, category, within, measure, cast(null as varchar) as part_of, value
from final

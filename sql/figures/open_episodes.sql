-- grain: breakdown, category, measure
-- reads: config.pack_periods, int_episodes, stg_organisations, stg_workflow_steps
-- why: how many episodes of care are open, by kind, service and team, and how many opened and closed in the last whole week
--   and in the last whole month
-- numerator: episodes of care open at the as-at moment; opened, and closed, in that week or month
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
        episodes.opened_at >= week.from_at and episodes.opened_at < week.until_at as is_opened_in_week,
        coalesce(episodes.closed_at >= week.from_at and episodes.closed_at < week.until_at, false) as is_closed_in_week,
        episodes.opened_at >= month.from_at and episodes.opened_at < month.until_at as is_opened_in_month,
        coalesce(episodes.closed_at >= month.from_at and episodes.closed_at < month.until_at, false) as is_closed_in_month
    from int_episodes as episodes
    inner join config.pack_periods as week on week.period = 'week'
    inner join config.pack_periods as month on month.period = 'month'
    left join stg_workflow_steps as steps
        on steps.workflow_step_id = case when episodes.source = 'workflow_step' then episodes.source_id end
    left join stg_organisations as teams on teams.organisation_id = steps.responsible_team_id
),

placed as (
    select 'all' as breakdown, 'all' as category, cast(null as varchar) as within, is_open, is_opened_in_week, is_closed_in_week, is_opened_in_month, is_closed_in_month from episodes
    union all
    select 'record', record, 'all', is_open, is_opened_in_week, is_closed_in_week, is_opened_in_month, is_closed_in_month from episodes
    union all
    select 'kind', kind, record, is_open, is_opened_in_week, is_closed_in_week, is_opened_in_month, is_closed_in_month from episodes
    union all
    select 'service', service, kind, is_open, is_opened_in_week, is_closed_in_week, is_opened_in_month, is_closed_in_month from episodes
    union all
    select 'team', team, record, is_open, is_opened_in_week, is_closed_in_week, is_opened_in_month, is_closed_in_month from episodes where record = 'workflow steps'
),

counted as (
    select
        breakdown, category, within,
        count(*) filter (where is_open) as count_open,
        count(*) filter (where is_opened_in_week) as count_opened_in_week,
        count(*) filter (where is_closed_in_week) as count_closed_in_week,
        count(*) filter (where is_opened_in_month) as count_opened_in_month,
        count(*) filter (where is_closed_in_month) as count_closed_in_month
    from placed
    group by breakdown, category, within
),

final as (
    select breakdown, category, within, 'open' as measure, count_open as value from counted
    union all
    select breakdown, category, within, 'opened in the week', count_opened_in_week from counted
    union all
    select breakdown, category, within, 'closed in the week', count_closed_in_week from counted
    union all
    select breakdown, category, within, 'opened in the month', count_opened_in_month from counted
    union all
    select breakdown, category, within, 'closed in the month', count_closed_in_month from counted
)

select breakdown, category, within, measure, cast(null as varchar) as part_of, value
from final

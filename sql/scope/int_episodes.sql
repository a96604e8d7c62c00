-- grain: person_id, source, source_id
-- reads: config.episode_steps, config.settings, stg_cin_referrals, stg_periods_of_care,
--   stg_registrations, stg_subgroup_people, stg_workflow_steps
-- why: every episode of care that began by the as-at time: assessments, safeguarding processes and
--   services (workflow steps of the configured types), children in need, child protection plans,
--   being looked after. An episode is open from its first moment up to, and not at, its last. A
--   step that is completed or cancelled on no known date is closed.
with settings as (
    select as_at_local from config.settings
),

episode_steps as (
    select workflow_step_type_id, kind, service from config.episode_steps
),

steps as (
    select
        steps.workflow_step_id,
        steps.subgroup_id,
        episode_steps.kind,
        episode_steps.service,
        steps.started_at as opened_at,
        case steps.step_status
            when 'COMPLETED' then steps.completed_at
            when 'CANCELLED' then steps.cancelled_at
        end as ended_at,
        steps.step_status in ('STARTED', 'REOPENED') as is_unended
    from stg_workflow_steps as steps
    inner join episode_steps on episode_steps.workflow_step_type_id = steps.workflow_step_type_id
    where steps.step_status in ('STARTED', 'REOPENED', 'COMPLETED', 'CANCELLED')
),

step_episodes as (
    select
        people.person_id,
        steps.kind,
        steps.service,
        'workflow_step' as source,
        steps.workflow_step_id as source_id,
        steps.opened_at,
        steps.ended_at,
        steps.is_unended
    from steps
    inner join stg_subgroup_people as people on people.subgroup_id = steps.subgroup_id
),

child_in_need as (
    select
        person_id,
        'child_in_need' as kind,
        cast(null as varchar) as service,
        'cin_referral' as source,
        referral_id as source_id,
        referred_at as opened_at,
        case
            when no_further_action_at < closed_at or closed_at is null then no_further_action_at
            else closed_at
        end as ended_at
    from stg_cin_referrals
),

child_protection as (
    select
        person_id,
        'child_protection' as kind,
        cast(null as varchar) as service,
        'registration' as source,
        registration_id as source_id,
        registered_at as opened_at,
        deregistered_at as ended_at
    from stg_registrations
    where is_child_protection_plan
),

looked_after as (
    select
        person_id,
        'looked_after' as kind,
        cast(null as varchar) as service,
        'period_of_care' as source,
        period_of_care_id as source_id,
        started_at as opened_at,
        ended_at
    from stg_periods_of_care
),

episodes as (
    select person_id, kind, service, source, source_id, opened_at, ended_at, is_unended
    from step_episodes
    union all
    select person_id, kind, service, source, source_id, opened_at, ended_at, ended_at is null
    from child_in_need
    union all
    select person_id, kind, service, source, source_id, opened_at, ended_at, ended_at is null
    from child_protection
    union all
    select person_id, kind, service, source, source_id, opened_at, ended_at, ended_at is null
    from looked_after
),

final as (
    select
        episodes.person_id,
        episodes.kind,
        episodes.service,
        episodes.source,
        episodes.source_id,
        episodes.opened_at,
        case when episodes.ended_at <= settings.as_at_local then episodes.ended_at end as closed_at,
        episodes.is_unended or coalesce(episodes.ended_at > settings.as_at_local, false) as is_open
    from episodes
    cross join settings
    where episodes.opened_at <= settings.as_at_local
)

select person_id, kind, service, source, source_id, opened_at, closed_at, is_open from final

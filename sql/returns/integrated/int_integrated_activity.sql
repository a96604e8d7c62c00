-- grain: kind, item_key
-- reads: config.integrated_reasons, config.integrated_senders, config.integrated_teams,
--   config.return_periods, allocated_teams_candidates, int_cld_candidates, int_cld_steps,
--   visits_candidates, stg_visits, stg_worker_roles
-- why: Everything that the integrated teams did in the adults' twelve months, once, with whether
--   each of their two regimes counts it, and the reason where they differ. Social care counts
--   events (Client Level Data); health counts referrals by their receipt, and contacts (MHSDS and
--   CSDS, in our reading of their tables). A council visit on the day of a health contact with the
--   same person is one contact.
with periods as (
    select year as collection_year, starts_on, ends_on from config.return_periods
    where return_name = 'cld' and is_current
),

events as (
    select
        candidates.event_reference, candidates.workflow_step_id, candidates.person_id,
        steps.event_type, steps.started_on, candidates.place, periods.starts_on, periods.ends_on
    from int_cld_candidates as candidates
    inner join periods on periods.collection_year = candidates.collection_year
    inner join int_cld_steps as steps
        on steps.workflow_step_id = candidates.workflow_step_id
            and steps.person_id = candidates.person_id
    where steps.responsible_team_id in (select team_id from config.integrated_teams)
),

unfinished as (
    select steps.workflow_step_id, steps.person_id
    from int_cld_steps as steps
    inner join periods on steps.started_on between periods.starts_on and periods.ends_on
    left join events on events.workflow_step_id = steps.workflow_step_id
        and events.person_id = steps.person_id
    where steps.event_type = 'Request'
        and events.event_reference is null
        and coalesce(steps.left_out_as, 'not_completed') = 'not_completed'
        and steps.responsible_team_id in (select team_id from config.integrated_teams)
),

caseload as (
    select person_id from events
    union
    select person_id from unfinished
    union
    select person_id
    from allocated_teams_candidates
    where excluded_as is null and team_id in (select team_id from config.integrated_teams)
),

contacts as (
    select
        contacts.sender || '/' || contacts.resource_type || '/' || contacts.resource_id as item_key,
        contacts.person_id, contacts.resource_type, contacts.status,
        cast(contacts.starts_at at time zone 'Europe/London' as date) as day_on
    from visits_candidates as contacts
    inner join config.integrated_senders as senders on senders.sender = contacts.sender
    inner join caseload on caseload.person_id = contacts.person_id
    inner join periods
        on cast(contacts.starts_at at time zone 'Europe/London'
            as date) between periods.starts_on and periods.ends_on
    where contacts.excluded_as is null
),

visits as (
    select distinct visits.visit_id, visits.person_id, cast(visits.made_at as date) as day_on
    from stg_visits as visits
    inner join periods on cast(visits.made_at as date) between periods.starts_on and periods.ends_on
    inner join stg_worker_roles as roles
        on roles.worker_id = visits.worker_id
        and (roles.started_at is null or roles.started_at <= visits.made_at)
        and (roles.ended_at is null or roles.ended_at > visits.made_at)
    where visits.is_completed
        and roles.organisation_id in (select team_id from config.integrated_teams)
),

seen_by_health as (
    select distinct person_id, day_on from contacts where resource_type = 'Encounter'
),

items as (
    select
        lower(event_type) as kind, event_reference as item_key, person_id,
        case
            when event_type = 'Service' then 'commissioned'
            when event_type <> 'Request' then 'assessed'
            when place > 1 then 'recorded_twice'
            when started_on < starts_on then 'completed_received_earlier'
            else 'alike'
        end as reason
    from events
    where place = 1 or event_type = 'Request'
    union all
    select 'request', 'open ' || cast(workflow_step_id as varchar) || '/'
        || cast(person_id as varchar), person_id, 'received_not_completed'
    from unfinished
    union all
    select
        'council visit', cast(visits.visit_id as varchar), visits.person_id,
        case when seen_by_health.person_id is null then 'visited' else 'visited_in_both' end
    from visits
    left join seen_by_health
        on seen_by_health.person_id = visits.person_id and seen_by_health.day_on = visits.day_on
    union all
    select 'health contact', item_key, person_id, 'health_contact' from contacts
    where resource_type = 'Encounter'
    union all
    select 'health appointment', item_key, person_id, 'not_kept'
    from contacts
    where resource_type = 'Appointment' and status in ('cancelled', 'noshow')
)

select
    items.kind, items.item_key, items.person_id, items.reason, reasons.counts_for_social_care,
    reasons.counts_for_health, reasons.words
from items
inner join config.integrated_reasons as reasons on reasons.reason = items.reason

-- grain: follow_up_id
-- reads: config.cpis_duty, config.cpis_escalations, config.cpis_severities, config.settings,
--   cpis_notifications, earlier.cpis_follow_ups, int_cpis_custodians, int_cpis_follow_up_steps,
--   int_cpis_plans, int_cpis_visits, int_cpis_workers, stg_people, stg_workers
-- publishes to: cpis/cpis_follow_ups
-- why: Each matter that a notification opens, until somebody has closed it with an outcome. Who
--   must do it is asked anew in each run, so that what a leaver leaves passes on; for a mother it
--   is who follows the unborn child. It is urgent by what the child was on that day: a plan, born
--   or unborn, a child nobody knows, or a child seen before in thirty days is high; looked after is
--   standard; else low. An access after the closing opens it again; one that is dated after the run
--   that received it was before that run, whatever its clock says. What outlives its due time is
--   escalated, level by level, to whoever of the levels is in post.
with settings as (select as_at, as_at_local from config.settings),

accesses as (
    select
        visits.follow_up_id, notices.message_id, notices.access_position, notices.edition,
        notices.accessed_at, notices.sent_at, notices.received_at, notices.person_id,
        notices.nhs_number, notices.matched_by, notices.organisation_code,
        notices.organisation_name, notices.author_kind, notices.author_name, notices.job_role,
        notices.nominated_people,
        row_number() over (
            partition by visits.follow_up_id
            order by notices.accessed_at, notices.message_id, notices.access_position,
            notices.edition
        ) as rank
    from int_cpis_visits as visits
    inner join cpis_notifications as notices
        on notices.message_id = visits.message_id
            and notices.access_position = visits.access_position
        and notices.edition = visits.edition
),

-- who looked, and where, is of the first access alone: what it leaves blank is not another's
matters as (
    select
        follow_up_id, min(person_id) as person_id, min(nhs_number) as nhs_number,
        min(matched_by) as matched_by,
        min(organisation_code) as organisation_code, min(accessed_at) as first_accessed_at,
        max(accessed_at) as last_accessed_at,
        max(earlier_of(accessed_at, received_at)) as last_seen_by,
        earlier_of(later_of(min(sent_at), min(accessed_at)), min(received_at)) as notified_at,
        count(*) as count_accesses,
        max(organisation_name) filter (where rank = 1) as organisation_name,
        max(author_kind) filter (where rank = 1) as author_kind,
        max(author_name) filter (where rank = 1) as author_name,
        max(job_role) filter (where rank = 1) as job_role,
        max(nominated_people) filter (where rank = 1) as nominated_people
    from accesses
    group by follow_up_id
),

plans as (
    select
        matters.follow_up_id, joined(array_agg(distinct plans.plan_type order by plans.plan_type),
            ', ') as plan_types,
        bool_or(plans.plan_type <> 'LAC') as is_protected,
        max(plans.child_id) filter (where plans.plan_type = 'UCPP') as unborn_child_id
    from matters
    inner join int_cpis_plans as plans
        on plans.person_id = matters.person_id
        and plans.started_on <= cast(matters.first_accessed_at as date)
        and (plans.ended_on is null or plans.ended_on > cast(matters.first_accessed_at as date))
    group by matters.follow_up_id
),

weighed as (
    select
        matters.*, plans.plan_types,
        coalesce(plans.unborn_child_id, matters.person_id) as followed_person_id,
        coalesce(matters.first_accessed_at <= lag(matters.first_accessed_at) over (
            partition by coalesce(cast(matters.person_id as varchar), matters.nhs_number)
            order by matters.first_accessed_at, matters.follow_up_id
        ) + interval '30' day, false) as is_repeated,
        case
            when matters.person_id is null or plans.is_protected then 'high'
            when plans.follow_up_id is not null then 'standard'
            else 'low'
        end as severity_alone
    from matters
    left join plans on plans.follow_up_id = matters.follow_up_id
),

-- a step names a whole message, or one access of it as message/position
keys as (
    select follow_up_id, person_id, upper(message_id) as message, false as is_exact from accesses
    union
    select follow_up_id, person_id,
        upper(message_id) || '/' || cast(access_position as varchar) as message, true as is_exact
        from accesses
),

done as (
    select distinct
        keys.follow_up_id, steps.workflow_step_id, steps.assignee_id, steps.seen_at, steps.state,
        steps.outcome, steps.completed_at,
        case steps.state when 'closed' then 4 when 'in_progress' then 3
            when 'seen' then 2 else 1 end as progress
    from keys
    inner join int_cpis_follow_up_steps as steps on upper(steps.message) = keys.message
    where keys.is_exact or keys.person_id is null or keys.person_id = steps.person_id
),

ranked as (
    select
        done.follow_up_id, done.workflow_step_id, done.assignee_id, done.state, done.outcome,
        done.completed_at, min(done.seen_at) over (partition by done.follow_up_id) as seen_at,
        row_number() over (partition by done.follow_up_id
            order by done.progress desc, done.workflow_step_id desc) as rank
    from done
),

last_done as (
    select
        ranked.follow_up_id, ranked.seen_at, ranked.workflow_step_id, ranked.assignee_id,
        ranked.outcome, ranked.completed_at, ranked.state,
        coalesce(ranked.completed_at at time zone 'Europe/London' < matters.last_seen_by, false)
            as is_seen_again
    from ranked
    inner join matters on matters.follow_up_id = ranked.follow_up_id
    where ranked.rank = 1
),

council as (
    select min(duty.worker_id) as worker_id
    from config.cpis_duty as duty
    inner join int_cpis_workers as workers
        on workers.worker_id = duty.worker_id and workers.is_in_post
    where duty.team_id is null
),

levels as (
    select row_number() over (order by escalations.hours) as level, escalations.hours,
        workers.worker_id
    from config.cpis_escalations as escalations
    left join int_cpis_workers as workers
        on workers.worker_id = escalations.worker_id and workers.is_in_post
),

-- whom a level falls to where nobody of the levels reached so far is in post
anybody as (select min_by(worker_id, level) filter (where worker_id is not null) as worker_id
    from levels),

stated as (
    select
        weighed.follow_up_id, weighed.person_id, weighed.followed_person_id, weighed.nhs_number,
        weighed.matched_by, weighed.plan_types, weighed.first_accessed_at, weighed.last_accessed_at,
        weighed.count_accesses, weighed.organisation_code, weighed.organisation_name,
        weighed.author_kind, weighed.author_name, weighed.job_role, weighed.nominated_people,
        weighed.notified_at,
        case when weighed.is_repeated then 'high' else weighed.severity_alone end as severity,
        weighed.is_repeated,
        last_done.workflow_step_id, last_done.seen_at, last_done.assignee_id,
        last_done.state as step_state,
        case
            when last_done.state is null or last_done.state = 'cancelled' then 'new'
            when last_done.state = 'closed' and last_done.is_seen_again then 'new'
            else last_done.state
        end as state,
        case when last_done.state = 'closed' and not last_done.is_seen_again
            then last_done.outcome end as outcome,
        case when last_done.state = 'closed' and not last_done.is_seen_again
            then last_done.completed_at end as closed_at,
        case
            when last_done.state = 'cancelled' then 'step_cancelled'
            when last_done.state = 'closed' and last_done.is_seen_again
                then 'seen_again_after_closing'
            when last_done.completed_at is not null and last_done.state <> 'closed'
                and last_done.outcome is null then 'completed_without_outcome'
            when last_done.completed_at is not null and last_done.state <> 'closed'
                then 'outcome_unknown'
        end as remark
    from weighed
    left join last_done on last_done.follow_up_id = weighed.follow_up_id
),

timed as (
    select stated.*, stated.notified_at + severities.hours * interval '1' hour as due_at
    from stated
    left join config.cpis_severities as severities on severities.severity = stated.severity
),

-- an open matter climbs with the time; a closed one stays where its closing found it
escalated as (
    select
        timed.follow_up_id, max(levels.level) as level,
        max(timed.due_at + levels.hours * interval '1' hour) as escalated_at,
        max_by(levels.worker_id, levels.level) filter (where levels.worker_id is not null)
            as worker_id
    from timed
    cross join settings
    inner join levels
        on timed.due_at
            + levels.hours * interval '1' hour
            <= coalesce(timed.closed_at at time zone 'Europe/London', settings.as_at)
    group by timed.follow_up_id
)

select
    timed.follow_up_id, timed.person_id, timed.nhs_number, timed.matched_by,
    people.last_name as family, people.first_name as given,
    cast(people.birth_at as date) as birth_date,
    coalesce(people.is_restricted, people.person_id is not null) as is_restricted,
    timed.plan_types, timed.first_accessed_at, timed.last_accessed_at, timed.count_accesses,
    timed.organisation_code, timed.organisation_name, timed.author_kind, timed.author_name,
    timed.job_role, timed.nominated_people, timed.notified_at, timed.severity, timed.is_repeated,
    timed.due_at,
    case when timed.state = 'closed'
        then coalesce(timed.assignee_id, earlier.custodian_worker_id)
        else coalesce(custodians.worker_id, council.worker_id) end as custodian_worker_id,
    workers.full_name as custodian_name,
    case when timed.state = 'closed'
        then 'closed_by' else coalesce(custodians.rule,
        case when council.worker_id is null then 'nobody' else 'council_duty' end) end
        as custodian_rule,
    custodians.team_id,
    timed.state, timed.outcome, timed.workflow_step_id, timed.seen_at, timed.closed_at,
    timed.remark,
    timed.state <> 'closed' and timed.due_at <= settings.as_at as is_past_due,
    cast(coalesce(escalated.level, 0) as integer) as escalation_level, escalated.escalated_at,
    case
        when timed.state <> 'closed' and escalated.level > 0
            then coalesce(escalated.worker_id, anybody.worker_id, council.worker_id)
    end as escalated_to_worker_id,
    above.full_name as escalated_to_name,
    case
        when timed.state <> 'closed'
            and earlier.custodian_worker_id <> coalesce(custodians.worker_id, council.worker_id)
            then earlier.custodian_worker_id
        else earlier.passed_on_from_worker_id
    end as passed_on_from_worker_id
from timed
cross join settings
cross join council
cross join anybody
left join escalated on escalated.follow_up_id = timed.follow_up_id
left join int_cpis_custodians as custodians on custodians.person_id = timed.followed_person_id
left join stg_people as people on people.person_id = timed.person_id
left join earlier.cpis_follow_ups as earlier on earlier.follow_up_id = timed.follow_up_id
left join stg_workers as above
    on above.worker_id = coalesce(escalated.worker_id, anybody.worker_id, council.worker_id)
    and timed.state <> 'closed' and escalated.level > 0
left join stg_workers as workers
    on workers.worker_id
        = case when timed.state = 'closed'
            then coalesce(timed.assignee_id, earlier.custodian_worker_id)
            else coalesce(custodians.worker_id, council.worker_id) end

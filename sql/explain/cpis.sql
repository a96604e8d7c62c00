-- What CP-IS has to do with one person, in plain words: on which plans, sent when, answered how, seen where, followed
-- up by whom. `careshare explain` runs it over a published snapshot that holds the CP-IS datasets, $person bound.
-- grain: happened_at, subject, words
-- why: a child at risk whom nobody told of, or followed up, must be explained from the rows that say so
with

person as (select cast($person as bigint) as person_id),

listed as (
    select
        settings.as_at_local as happened_at,
        7 as place,
        'CP-IS cohort' as subject,
        cohort.plan_type || ' ' || cohort.state || ' since ' || cohort.started_on
        || coalesce(' until ' || cohort.ended_on, '')
        || case when cohort.can_be_sent then ': is sent' else ': cannot be sent, ' || replace(cohort.reasons, '_', ' ') end as words
    from cpis_cohort as cohort
    inner join person on cohort.person_id = person.person_id
    cross join config.settings as settings
),

sent as (
    select
        sent.sent_at at time zone 'Europe/London' as happened_at,
        8 as place,
        'CP-IS upload' as subject,
        sent.plan_type || case when sent.deleted_on is null then ' sent' else ' deleted' end || ' in upload ' || sent.sequence_number
        || ' (record ' || sent.record_position || ', attempt ' || sent.attempt || '): ' || replace(sent.answer, '_', ' ') as words
    from cpis_uploads as sent
    inner join person on sent.person_id = person.person_id
),

answered as (
    select
        said.created_at at time zone 'Europe/London' as happened_at,
        9 as place,
        'CP-IS acknowledgement' as subject,
        said.record_code || ' to upload ' || said.sequence_number || ', ' || said.record_meaning
        || case when said.standing = 'accepted' then '' else ' (' || replace(said.standing, '_', ' ') || ')' end as words
    from cpis_acknowledgements as said
    inner join person on said.person_id = person.person_id
    where said.record_code is not null
),

seen as (
    select
        told.accessed_at at time zone 'Europe/London' as happened_at,
        3 as place,
        'CP-IS access' as subject,
        'seen at ' || coalesce(told.organisation_name, told.organisation_code, 'a place not named')
        || coalesce(' by ' || told.author_name, ' by a device') || coalesce(' (' || told.job_role || ')', '')
        || ', told in message ' || told.message_id || '/' || told.access_position as words
    from cpis_notifications as told
    inner join person on told.person_id = person.person_id
),

followed_up as (
    select
        coalesce(matter.closed_at, matter.seen_at, matter.notified_at at time zone 'Europe/London') as happened_at,
        4 as place,
        'CP-IS follow-up' as subject,
        replace(matter.state, '_', ' ') || coalesce(' with ' || replace(matter.outcome, '_', ' '), '')
        || ', ' || matter.severity || ', due ' || strftime(matter.due_at at time zone 'Europe/London', '%Y-%m-%d %H:%M')
        || case when matter.is_past_due then ', past due and escalated' else '' end
        || ', custodian ' || coalesce('worker ' || matter.custodian_worker_id, 'nobody') || ' (' || replace(matter.custodian_rule, '_', ' ') || ')'
        || coalesce(', passed on from worker ' || matter.passed_on_from_worker_id, '')
        || coalesce(', step ' || matter.workflow_step_id, '') || ', message ' || matter.follow_up_id as words
    from cpis_follow_ups as matter
    inner join person on matter.person_id = person.person_id
),

final as (
    select * from listed
    union all
    select * from sent
    union all
    select * from answered
    union all
    select * from seen
    union all
    select * from followed_up
)

select happened_at, subject, words
from final
order by happened_at, place, subject, words

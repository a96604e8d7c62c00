-- What CP-IS has to do with one person, in plain words: on which plans, sent when, answered how,
-- seen where, followed up by whom, what hinders. `careshare explain` runs it over a published
-- snapshot that holds the CP-IS datasets, $person bound. An unborn child's plan is told of the
-- child and of the mother.
-- grain: happened_at, subject, words
-- why: a child at risk whom nobody told of, or followed up, must be explained from the rows that
--   say so
with

person as (select cast($person as bigint) as person_id),

plan_words as (
    select plan_type, words
    from (values ('CPP', 'child protection plan (CPP)'), ('LAC', 'looked after (LAC)'),
        ('UCPP', 'plan of an unborn child (UCPP)')) as known (plan_type, words)
),

listed as (
    select
        settings.as_at_local as happened_at,
        7 as place,
        'CP-IS cohort' as subject,
        coalesce(plan_words.words, cohort.plan_type)
            || coalesce(' from ' || cohort.started_on || ' to ' || cohort.ended_on,
            ' since ' || cohort.started_on)
        || case when cohort.is_adopted then ', adopted' else '' end
        || case
            when cohort.child_id <> cohort.person_id and cohort.child_id = person.person_id
                then ', held against the mother, person ' || cohort.person_id
            when cohort.child_id <> cohort.person_id
                then ', for the unborn child, person ' || cohort.child_id
            else ''
        end
        || case when cohort.can_be_sent
            then ': can be sent' else ': cannot be sent, '
            || replace(replace(cohort.reasons, '_', ' '), 'nhs number', 'NHS number') end as words
    from cpis_cohort as cohort
    left join plan_words on plan_words.plan_type = cohort.plan_type
    inner join person on cohort.person_id = person.person_id or cohort.child_id = person.person_id
    cross join config.settings as settings
),

sent as (
    select
        sent.sent_at at time zone 'Europe/London' as happened_at,
        8 as place,
        'CP-IS upload' as subject,
        coalesce(plan_words.words, sent.plan_type)
            || coalesce(' from ' || sent.started_on || ' to ' || sent.ended_on,
            ' since ' || sent.started_on)
        || case when sent.deleted_on is null then ': sent' else ': deleted' end || ' in upload '
            || sent.sequence_number
        || ' (record ' || sent.record_position || ' of ' || sent.count_records || ', attempt '
            || sent.attempt || ')' as words
    from cpis_uploads as sent
    left join plan_words on plan_words.plan_type = sent.plan_type
    inner join person on sent.person_id = person.person_id
),

-- the answer to the record or, where the NHS spoke of the file only, to the file
answered as (
    select
        coalesce(sent.answered_at at time zone 'Europe/London', settings.as_at_local)
            as happened_at,
        9 as place,
        'CP-IS acknowledgement' as subject,
        case
            when sent.answer = 'waiting' then 'no answer yet to upload ' || sent.sequence_number
            when sent.answer = 'overdue'
                then 'NO ANSWER to upload ' || sent.sequence_number || ' within the set time'
            else sent.answer_code || ' to upload ' || sent.sequence_number || ': ' || sent.plan_type
                || ' ' || replace(sent.answer, '_', ' ')
        end as words
    from cpis_uploads as sent
    inner join person on sent.person_id = person.person_id
    cross join config.settings as settings
),

said as (
    select
        said.created_at at time zone 'Europe/London' as happened_at,
        10 as place,
        'CP-IS acknowledgement' as subject,
        said.record_code || ' to upload ' || said.sequence_number || ', ' || said.record_meaning
        || case when said.standing = 'accepted'
            then '' else ' (not counted: ' || replace(said.standing, '_', ' ') || ')' end as words
    from cpis_acknowledgements as said
    inner join person on said.person_id = person.person_id
    where said.record_code is not null
),

no_longer_live as (
    select
        notices.sent_at at time zone 'Europe/London' as happened_at,
        2 as place,
        'CP-IS number' as subject,
        'NHS number no longer live'
            || case when notices.replacement_nhs_number is null
            then ', no replacement given' else ', replaced' end
        || ', told in message ' || notices.message_id as words
    from cpis_inactive_numbers as notices
    inner join person on notices.person_id = person.person_id
),

seen as (
    select
        told.accessed_at at time zone 'Europe/London' as happened_at,
        3 as place,
        'CP-IS access' as subject,
        'seen at ' || coalesce(told.organisation_name, told.organisation_code, 'a place not named')
        || case when told.author_kind = 'device'
            then ' through a device' else coalesce(' by ' || told.author_name, '') end
        || coalesce(' (' || told.job_role || ')', '')
            || coalesce(', ask ' || told.nominated_people, '')
        || ', told in message ' || told.message_id || '/' || told.access_position
        || coalesce(' on ' || strftime(told.sent_at at time zone 'Europe/London', '%Y-%m-%d %H:%M'),
            '')
        || case when told.standing = 'known_child'
            then '' else ' (' || replace(told.standing, '_', ' ') || ')' end as words
    from cpis_notifications as told
    inner join person on told.person_id = person.person_id
),

followed_up as (
    select
        coalesce(matter.closed_at, matter.seen_at, matter.notified_at at time zone 'Europe/London')
            as happened_at,
        4 as place,
        'CP-IS follow-up' as subject,
        case when matter.state = 'seen' then 'looked at' else replace(matter.state, '_', ' ') end
            || coalesce(' with ' || replace(matter.outcome, '_', ' '), '')
        || coalesce(' (' || replace(matter.remark, '_', ' ') || ')', '')
        || ', ' || matter.severity || ' severity, due '
            || strftime(matter.due_at at time zone 'Europe/London', '%Y-%m-%d %H:%M')
        || case when matter.is_past_due then ', PAST DUE' else '' end
        || coalesce('; first looked at ' || strftime(matter.seen_at, '%Y-%m-%d %H:%M'), '')
        || case when matter.state = 'closed' then '; closed by ' else '; custodian ' end
        || coalesce('worker ' || matter.custodian_worker_id
            || coalesce(' ' || matter.custodian_name, ''), 'nobody')
        || case when matter.state = 'closed'
            then '' else ' (' || replace(matter.custodian_rule, '_', ' ') || ')' end
        || coalesce(', passed on from worker ' || matter.passed_on_from_worker_id, '')
        || case
            when matter.escalation_level > 0
                then '; escalated to level ' || matter.escalation_level
                    || coalesce(' on ' || strftime(matter.escalated_at at time zone 'Europe/London',
                    '%Y-%m-%d %H:%M'), '')
            else ''
        end
        || case
            when matter.escalated_to_worker_id = matter.custodian_worker_id then ', the same worker'
            else coalesce(', now also with worker ' || matter.escalated_to_worker_id
                || coalesce(' ' || matter.escalated_to_name, ''), '')
        end
        || '; message ' || matter.follow_up_id
            || coalesce(', step ' || matter.workflow_step_id, '') as words
    from cpis_follow_ups as matter
    inner join person on matter.person_id = person.person_id
),

failing as (
    select
        failures.first_seen_at at time zone 'Europe/London' as happened_at,
        11 as place,
        'CP-IS failure' as subject,
        replace(replace(failures.area, 'follow_up', 'follow-up'), '_', ' ') || ' '
            || failures.subject || ': '
            || coalesce(reasons.words, replace(failures.reason, '_', ' '))
        || case when failures.is_to_be_mended then ', to be mended' else '' end as words
    from cpis_failures as failures
    inner join person on failures.person_id = person.person_id
    left join config.reasons as reasons on reasons.reason = 'cpis_' || failures.reason
),

final as (
    select * from listed
    union all
    select * from sent
    union all
    select * from answered
    union all
    select * from said
    union all
    select * from no_longer_live
    union all
    select * from seen
    union all
    select * from followed_up
    union all
    select * from failing
)

select happened_at, subject, words
from final
order by happened_at, place, subject, words

-- grain: area, subject, reason
-- reads: config.settings, cpis.access_notifications, cpis.acknowledgement_records,
--   cpis.acknowledgements, cpis.inactive_numbers, cpis_acknowledgements, cpis_cohort,
--   cpis_follow_ups, cpis_inactive_numbers, cpis_notifications, cpis_uploads,
--   earlier.cpis_acknowledgements, earlier.cpis_failures, extract.quarantine,
--   int_cpis_trace_requests, int_cpis_visits, int_people, stg_periods_of_care, stg_registrations
-- publishes to: cpis/cpis_failures
-- why: All that keeps a child from the NHS, an answer from being believed or a notification from
--   its custodian, for those who own the process: what, since when, and what to do. Each stands
--   here until it is mended, the more urgent the sooner a child may come to harm; what is wrong
--   with one subject stands together. An answer that was not believed cannot be mended itself: it
--   leaves once a believed one to its upload was made after it, or after 28 days where the exchange
--   goes on, which a believed answer to a later upload shows; it stays in cpis_acknowledgements for
--   ever. What is odd about an access, such as a child whom nobody knows, leaves once the matter is
--   closed; a notice of an inactive number that is nobody's, with which there is nothing to do,
--   after 28 days. Both stay in their datasets. Of a plan that ended, of a child who died, was
--   adopted or grew up, nothing is to be mended any more: the NHS ends it itself, and an adopted
--   child's new number is not to be put to the old name.
with settings as (select as_at from config.settings),

cannot_be_sent as (
    select
        'cohort' as area, cast(person_id as varchar) || '/' || plan_type as subject, person_id,
        reasons.reason, cast(null as bigint) as sequence_number
    from cpis_cohort
    cross join unnest(split(cpis_cohort.reasons, ', ')) as reasons (reason)
    where not can_be_sent
),

settled as (
    select distinct cannot_be_sent.subject
    from cannot_be_sent
    inner join cpis_cohort as cohort
        on cast(cohort.person_id as varchar) || '/' || cohort.plan_type = cannot_be_sent.subject
        and cohort.state = 'ended'
    where cannot_be_sent.reason in ('adopted', 'over_18', 'died')
),

-- on a plan or looked after, but the person's own row of the case store could not be read
unreadable as (
    select distinct 'cohort' as area, cast(plans.person_id as varchar) as subject, plans.person_id,
        'person_not_readable' as reason,
        cast(null as bigint) as sequence_number
    from (
        select person_id, registered_at as started_at, deregistered_at as ended_at
        from stg_registrations where is_child_protection_plan
        union all
        select person_id, started_at, ended_at from stg_periods_of_care
    ) as plans
    cross join config.settings as terms
    where plans.started_at <= terms.as_at_local
        and (plans.ended_at is null or plans.ended_at > terms.as_at_local)
        and plans.person_id not in (select person_id from int_people)
),

refused as (
    select
        'record' as area, cast(person_id as varchar) || '/' || plan_type as subject, person_id,
        'refused_' || lower(answer_code) as reason, sequence_number,
        row_number() over (partition by person_id, plan_type order by sequence_number desc) as rank,
        answer
    from cpis_uploads
    where answer not in ('waiting', 'overdue')
),

uploads as (
    select distinct
        'upload' as area, cast(sequence_number as varchar) as subject,
        cast(null as bigint) as person_id,
        case
            when answer = 'overdue' then 'no_acknowledgement'
            when answer = 'file_refused' then 'file_refused_' || lower(answer_code)
            else 'sent_again'
        end as reason, sequence_number
    from cpis_uploads
    where answer in ('overdue', 'file_refused') or (attempt > 1 and answer = 'waiting')
),

believed as (
    select sequence_number, max(created_at) as created_at
    from cpis_acknowledgements
    where position = 0 and standing = 'accepted'
    group by sequence_number
),

-- what no run has judged so before is raised, whatever came since: somebody must have had it before
-- their eyes
not_believed as (
    select
        answers.file, answers.sequence_number, answers.created_at, answers.standing,
        listed.first_seen_at, known.file is null
            or listed.first_seen_at >= settings.as_at as is_new,
        answers.standing in ('another_council', 'unknown_sequence', 'upload_not_read')
            as is_to_no_upload
    from cpis_acknowledgements as answers
    cross join settings
    left join earlier.cpis_acknowledgements as known
        on known.file = answers.file and known.sequence_number = answers.sequence_number
            and known.created_at = answers.created_at
        and known.position = 0 and known.standing = answers.standing
    left join earlier.cpis_failures as listed
        on listed.area = 'acknowledgement' and listed.subject = answers.file
            and listed.reason = answers.standing
    where answers.position = 0
        and answers.standing not in ('accepted', 'before_this_program', 'no_longer_kept')
),

-- of those on the list: whether their upload was answered after all, and whether a later one was
-- while they stood there
heard_since as (
    select
        wrong.file, wrong.sequence_number, wrong.standing,
        max(case when believed.sequence_number = wrong.sequence_number
            and believed.created_at > wrong.created_at then 1 else 0 end) = 1 as is_answered,
        max(case
            when believed.created_at > wrong.first_seen_at
                and (wrong.is_to_no_upload or believed.sequence_number > wrong.sequence_number)
                then 1
            else 0
        end) = 1 as is_going_on
    from not_believed as wrong
    cross join believed
    where not wrong.is_new and wrong.first_seen_at is not null
    group by wrong.file, wrong.sequence_number, wrong.standing
),

answers as (
    select distinct
        'acknowledgement' as area, wrong.file as subject, cast(null as bigint) as person_id,
        wrong.standing as reason, wrong.sequence_number
    from not_believed as wrong
    cross join settings
    left join heard_since as heard
        on heard.file = wrong.file and heard.sequence_number = wrong.sequence_number
            and heard.standing = wrong.standing
    where wrong.is_new or (
        wrong.first_seen_at is not null -- what has left the list does not come back
        and not coalesce(heard.is_answered, false)
        and not (coalesce(heard.is_going_on, false)
            and wrong.first_seen_at + interval '28' day <= settings.as_at)
    )
),

odd_accesses as (
    select message_id, access_position, edition, person_id, standing as reason,
        upload_sequence_number as sequence_number, received_at
    from cpis_notifications
    where standing not in ('empty', 'known_child')
    union all
    select message_id, access_position, edition, person_id, 'message_id_reused' as reason,
        upload_sequence_number as sequence_number, received_at
    from cpis_notifications
    where edition > 1
),

-- what is odd about an access stands until somebody has closed the matter that it opened
notices as (
    select
        'notification' as area, odd.message_id || '/' || cast(odd.access_position as varchar) || '/'
            || cast(odd.edition as varchar) as subject,
        odd.person_id, odd.reason, odd.sequence_number
    from odd_accesses as odd
    cross join settings
    left join int_cpis_visits as visits
        on visits.message_id = odd.message_id and visits.access_position = odd.access_position
            and visits.edition = odd.edition
    left join cpis_follow_ups as matters on matters.follow_up_id = visits.follow_up_id
    where case
        -- an empty message
        when matters.follow_up_id is null then odd.received_at + interval '28' day > settings.as_at
        else matters.state <> 'closed'
    end
    union all
    select
        'inactive_number' as area,
        notices.message_id || '/' || cast(notices.edition as varchar) as subject, notices.person_id,
        case when notices.edition > 1 then 'message_id_reused' else notices.standing end as reason,
            cast(null as bigint) as sequence_number
    from cpis_inactive_numbers as notices
    cross join settings
    where (notices.edition > 1 or notices.standing <> 'known_child')
        and (notices.standing in ('several_people', 'from_the_future')
            or notices.received_at + interval '28' day > settings.as_at)
),

follow_ups as (
    select 'follow_up' as area, follow_up_id as subject, person_id, 'past_due' as reason,
        cast(null as bigint) as sequence_number
    from cpis_follow_ups
    where is_past_due
    union all
    select 'follow_up' as area, follow_up_id as subject, person_id, 'no_custodian' as reason,
        cast(null as bigint) as sequence_number
    from cpis_follow_ups
    where state <> 'closed' and custodian_worker_id is null
    union all
    select
        'follow_up' as area, follow_up_id as subject, person_id, 'escalated_to_nobody' as reason,
        cast(null as bigint) as sequence_number
    from cpis_follow_ups
    where is_past_due and escalated_to_worker_id is null
    union all
    select 'follow_up' as area, follow_up_id as subject, person_id, remark as reason,
        cast(null as bigint) as sequence_number
    from cpis_follow_ups
    where remark is not null and state <> 'closed'
),

-- what this run could read, file by file and record by record
read_now as (
    select 'acknowledgements/' || file as subject from cpis.acknowledgements
    union
    select 'acknowledgements/' || file || '/record ' || cast(position as varchar) as subject
    from cpis.acknowledgement_records
    union
    select 'notifications/' || file as subject from cpis.access_notifications
    union
    select 'notifications/' || file || '/record ' || cast(access_position as varchar) as subject
    from cpis.access_notifications
    union
    select 'inactive/' || file as subject from cpis.inactive_numbers
),

-- a file or record that could not be read is raised as long as the inbox holds it, and for 28 days
-- after it was first seen, since it may have told of a child; unless it has come again and could be
-- read
unread as (
    select distinct
        'file' as area,
        case table_name when 'access_notifications' then 'notifications/'
            when 'inactive_numbers' then 'inactive/' else 'acknowledgements/' end
        || file || coalesce('/record ' || key, '') as subject,
        cast(null as bigint) as person_id, 'not_readable' as reason,
        cast(null as bigint) as sequence_number
    from "extract".quarantine
    where source = 'cpis'
    union
    select earlier.area, earlier.subject, earlier.person_id, earlier.reason, earlier.sequence_number
    from earlier.cpis_failures as earlier
    cross join settings
    where earlier.reason = 'not_readable'
        and earlier.first_seen_at + interval '28' day > settings.as_at
        and not exists (select 1 from read_now where read_now.subject = earlier.subject)
),

raised as (
    select area, subject, person_id, reason, sequence_number from cannot_be_sent
    union all
    select area, subject, person_id, reason, sequence_number from unreadable
    union all
    select area, subject, person_id, reason, sequence_number from refused
    where rank = 1 and answer = 'refused'
    union all
    select area, subject, person_id, reason, sequence_number from uploads
    union all
    select area, subject, person_id, reason, sequence_number from answers
    union all
    select area, subject, person_id, reason, sequence_number from notices
    union all
    select area, subject, person_id, reason, sequence_number from follow_ups
    union all
    select area, subject, person_id, reason, sequence_number from unread
    union all
    select 'trace' as area, cast(person_id as varchar) as subject, person_id, reason,
        cast(null as bigint) as sequence_number
    from int_cpis_trace_requests
),

ranked as (
    select
        area, subject, person_id, reason, sequence_number,
        case
            -- a child was seen, and nobody acts
            when reason in ('no_custodian', 'escalated_to_nobody') then 1
            when reason = 'past_due' then 2 -- nor in time
            -- a message that may tell of another child
            when area = 'notification' or subject like 'notifications/%' then 3
            -- for every child sent
            when area in ('upload', 'acknowledgement') or subject like 'acknowledgements/%' then 4
            when area = 'follow_up' then 6 -- to be put right before its due time
            when area = 'file' or reason = 'person_not_readable'
                -- not with the NHS, but at risk now
                or person_id in (select person_id from cpis_cohort where state = 'live') then 5
            else 7 -- what has ended, or whom the council does not know
        end as urgency
    from raised
)

select
    ranked.area, ranked.subject, ranked.reason, ranked.person_id, ranked.sequence_number,
    min(ranked.urgency) over (partition by ranked.area, ranked.subject) as urgency,
    coalesce(earlier.first_seen_at, settings.as_at) as first_seen_at,
    date_diff('day', cast(coalesce(earlier.first_seen_at, settings.as_at) as date),
        cast(settings.as_at as date)) as age_days,
    ranked.reason not in ('adopted', 'over_18', 'died', 'duplicate', 'sensitive_record',
        'sent_again')
    and not (ranked.area in ('cohort', 'record') and settled.subject is not null) as is_to_be_mended
from ranked
cross join settings
left join settled on settled.subject = ranked.subject
left join earlier.cpis_failures as earlier
    on earlier.area = ranked.area and earlier.subject = ranked.subject
        and earlier.reason = ranked.reason

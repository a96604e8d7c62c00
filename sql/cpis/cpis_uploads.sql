-- grain: sequence_number, person_id, plan_type
-- reads: config.cpis, config.settings, cpis_cohort, int_cpis_inactive_numbers, int_cpis_sent,
--   int_nhs_numbers
-- publishes to: cpis/cpis_uploads
-- why: What was and is to be sent to CP-IS. A run sends the whole cohort, or what differs from what
--   the NHS last loaded, under the next sequence number; and again, as it was, each file that the
--   NHS asks for once more (CPF05). A plan that the NHS holds as live and the council no longer
--   lists is deleted: it was uploaded in error, or its end came more than a year late. Not of who
--   is over eighteen or whose number is no longer live: there the NHS has ended it itself. A run
--   for a moment that is not after the last upload sends nothing new; at the same moment it gives
--   the same file again. Older records are kept for 35 days, and for longer where they are the last
--   word on a plan.
with settings as (
    select settings.as_at, cast(settings.as_at_local as date) as today, terms.kind,
        terms.last_sequence_number
    from config.settings as settings
    cross join config.cpis as terms
),

sent as (
    select
        sent.sequence_number, sent.record_position, sent.count_records, sent.person_id,
        sent.plan_type, sent.kind, sent.attempt, sent.made_at, sent.sent_at, sent.nhs_number,
        sent.family, sent.given, sent.birth_date, sent.started_on, sent.ended_on, sent.deleted_on,
        sent.authority_code, sent.authority_name, sent.office_telephone, sent.emergency_telephone,
        sent.answer, sent.answer_code, sent.answered_at,
        row_number() over (
            partition by sent.person_id, sent.plan_type, sent.made_at < settings.as_at
            order by sent.sequence_number desc
        ) as rank,
        row_number() over (
            partition by sent.person_id, sent.plan_type, sent.answer = 'loaded'
            order by sent.sequence_number desc
        ) as place_of_answer
    from int_cpis_sent as sent
    cross join settings
),

loaded as (
    select
        person_id, plan_type, nhs_number, family, given, birth_date, started_on, ended_on,
        deleted_on, authority_code, authority_name, office_telephone, emergency_telephone
    from sent
    where answer = 'loaded' and place_of_answer = 1
),

deletions as (
    select
        loaded.person_id, loaded.plan_type,
        case when numbers.standing_rank > 0 then numbers.nhs_number else loaded.nhs_number end
            as nhs_number,
        loaded.family, loaded.given, loaded.birth_date, loaded.started_on, loaded.ended_on,
        settings.today as deleted_on,
        loaded.authority_code, loaded.authority_name, loaded.office_telephone,
        loaded.emergency_telephone
    from loaded
    cross join settings
    left join int_nhs_numbers as numbers on numbers.person_id = loaded.person_id
    left join int_cpis_inactive_numbers as inactive
        on inactive.nhs_number = case
            when numbers.standing_rank > 0 then numbers.nhs_number else loaded.nhs_number end
    where inactive.nhs_number is null
        and (loaded.plan_type = 'UCPP' or loaded.birth_date + interval '18' year > settings.today)
        and loaded.ended_on is null and loaded.deleted_on is null and not exists (
        select 1
        from cpis_cohort as cohort
        where cohort.person_id = loaded.person_id and cohort.plan_type = loaded.plan_type
    )
),

listed as (
    select
        cohort.person_id, cohort.plan_type, cohort.nhs_number, cohort.family, cohort.given,
        cohort.birth_date, cohort.started_on, cohort.ended_on, cast(null as date) as deleted_on,
        cohort.authority_code, cohort.authority_name, cohort.office_telephone,
        cohort.emergency_telephone
    from cpis_cohort as cohort
    cross join settings
    where cohort.can_be_sent and (settings.kind = 'whole' or not exists (
        select 1
        from loaded
        where loaded.person_id = cohort.person_id and loaded.plan_type = cohort.plan_type
            and loaded.nhs_number = cohort.nhs_number and loaded.family = cohort.family
                and loaded.given = cohort.given
            and loaded.birth_date = cohort.birth_date and loaded.started_on = cohort.started_on
            and loaded.ended_on is not distinct from cohort.ended_on and loaded.deleted_on is null
            and loaded.authority_code = cohort.authority_code
                and loaded.authority_name is not distinct from cohort.authority_name
            and loaded.office_telephone is not distinct from cohort.office_telephone
            and loaded.emergency_telephone = cohort.emergency_telephone
    ))
),

due as (
    select * from listed
    union all
    select * from deletions
),

next as (
    select
        greatest(settings.last_sequence_number,
            coalesce((select max(sequence_number) from sent), 0)) + 1 as sequence_number,
        settings.as_at, settings.kind
    from settings
    where coalesce((select max(made_at) from sent) < settings.as_at, true)
),

-- a mother's record and her own plan as a child are two records of one file
numbered as (
    select due.*, dense_rank()
        over (order by due.person_id, due.plan_type = 'UCPP') as record_position from due
),

made as (
    select
        next.sequence_number, numbered.record_position,
        max(numbered.record_position) over () as count_records,
        numbered.person_id, numbered.plan_type, next.kind, 1 as attempt, next.as_at as made_at,
        next.as_at as sent_at, true as is_to_send, numbered.nhs_number, numbered.family,
        numbered.given, numbered.birth_date, numbered.started_on, numbered.ended_on,
        numbered.deleted_on, numbered.authority_code, numbered.authority_name,
        numbered.office_telephone,
        numbered.emergency_telephone, 'waiting' as answer, cast(null as varchar) as answer_code,
        cast(null as timestamp with time zone) as answered_at
    from numbered
    cross join next
),

kept as (
    select
        sent.sequence_number, sent.record_position, sent.count_records, sent.person_id,
        sent.plan_type, sent.kind,
        case when sent.answer = 'to_send_again' then sent.attempt + 1 else sent.attempt end
            as attempt,
        sent.made_at,
        case when sent.answer = 'to_send_again' then settings.as_at else sent.sent_at end
            as sent_at,
        sent.answer = 'to_send_again' or sent.sent_at = settings.as_at as is_to_send,
        sent.nhs_number, sent.family, sent.given, sent.birth_date, sent.started_on, sent.ended_on,
        sent.deleted_on, sent.authority_code, sent.authority_name, sent.office_telephone,
        sent.emergency_telephone,
        case when sent.answer = 'to_send_again' then 'waiting' else sent.answer end as answer,
        case when sent.answer <> 'to_send_again' then sent.answer_code end as answer_code,
        case when sent.answer <> 'to_send_again' then sent.answered_at end as answered_at
    from sent
    cross join settings
    where sent.sent_at + interval '35' day > settings.as_at or sent.rank = 1
        or (sent.answer = 'loaded' and sent.place_of_answer = 1)
)

select
    sequence_number, person_id, plan_type, cast(record_position as bigint) as record_position,
    cast(count_records as bigint) as count_records,
    kind, cast(attempt as integer) as attempt, made_at, sent_at, is_to_send, nhs_number, family,
    given, birth_date, started_on, ended_on,
    deleted_on, authority_code, authority_name, office_telephone, emergency_telephone, answer,
    answer_code, answered_at
from made
union all
select
    sequence_number, person_id, plan_type, record_position, count_records,
    kind, attempt, made_at, sent_at, is_to_send, nhs_number, family, given, birth_date, started_on,
    ended_on,
    deleted_on, authority_code, authority_name, office_telephone, emergency_telephone, answer,
    answer_code, answered_at
from kept

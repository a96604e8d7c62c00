-- grain: sequence_number, person_id, plan_type
-- reads: config.cpis, config.settings, cpis_acknowledgements, earlier.cpis_uploads
-- why: Each record that earlier runs sent, with what became of it. The newest believed answer since
--   the file was last sent speaks. Silence is never success: it is waiting, and then overdue.
with files as (
    select sequence_number, file, created_at, file_code
    from cpis_acknowledgements
    where position = 0 and standing = 'accepted'
),

sent as (
    select distinct sequence_number, sent_at from earlier.cpis_uploads
),

answers as (
    select
        files.sequence_number, files.file, files.created_at, files.file_code,
        row_number() over (partition by files.sequence_number
            order by files.created_at desc, files.file desc) as rank
    from files
    inner join sent on sent.sequence_number = files.sequence_number
        and sent.sent_at <= files.created_at
),

records as (
    select
        answers.sequence_number, records.nhs_number, records.person_id,
        max(case when records.record_code <> 'CPR06' then records.record_code end) as record_code
    from answers
    inner join cpis_acknowledgements as records
        on records.file = answers.file and records.sequence_number = answers.sequence_number
        and records.created_at = answers.created_at and records.position > 0
    where answers.rank = 1
    group by answers.sequence_number, records.nhs_number, records.person_id
),

refused as (
    select sent.sequence_number, sent.person_id, max(records.record_code) as record_code
    from earlier.cpis_uploads as sent
    inner join records
        on records.sequence_number = sent.sequence_number
        and (records.person_id = sent.person_id
            or (records.person_id is null and records.nhs_number = sent.nhs_number))
    where records.record_code is not null
    group by sent.sequence_number, sent.person_id
)

select
    sent.sequence_number, sent.person_id, sent.plan_type, sent.record_position, sent.count_records,
    sent.kind, sent.attempt, sent.made_at, sent.sent_at, sent.nhs_number, sent.family, sent.given,
    sent.birth_date, sent.started_on, sent.ended_on, sent.deleted_on, sent.authority_code,
    sent.authority_name, sent.office_telephone, sent.emergency_telephone,
    case
        when answers.file_code = 'CPF05' then 'to_send_again'
        when answers.file_code in ('CPF01', 'CPF06') then 'file_refused'
        when answers.file_code = 'CPF04' or refused.record_code is not null then 'refused'
        when answers.file_code in ('CPF02', 'CPF03') then 'loaded'
        when sent.sent_at + terms.acknowledgement_hours * interval '1' hour < settings.as_at
            then 'overdue'
        else 'waiting'
    end as answer,
    coalesce(refused.record_code, answers.file_code) as answer_code,
    answers.created_at as answered_at
from earlier.cpis_uploads as sent
cross join config.settings as settings
cross join config.cpis as terms
left join answers on answers.sequence_number = sent.sequence_number and answers.rank = 1
left join refused on refused.sequence_number = sent.sequence_number
    and refused.person_id = sent.person_id

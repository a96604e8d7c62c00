-- grain: sequence_number, created_at, file, position
-- reads: config.cpis, config.settings, earlier.cpis_acknowledgements, earlier.cpis_uploads,
--   int_cpis_acknowledgement_rows
-- publishes to: cpis/cpis_acknowledgements
-- why: What the NHS answered, and whether the answer may be believed: it must be to an upload of
--   ours, after it was made and not after now, name no other council as its receiver, tell as many
--   records as were sent, and speak of none that was not sent. A second copy of an answer counts
--   once. What is not believed is kept, changes nothing, and is raised. Once the upload is no
--   longer kept whole, an answer to it stands as it was judged before.
with settings as (select as_at from config.settings),

sent as (
    select uploads.sequence_number, uploads.record_position, uploads.count_records, uploads.made_at,
        uploads.nhs_number, uploads.person_id
    from earlier.cpis_uploads as uploads
    cross join settings
    where uploads.made_at < settings.as_at
),

terms as (
    select
        config.first_sequence_number, config.authority_code,
        coalesce((select max(sequence_number) from sent), 0) as last_sequence_number
    from config.cpis as config
),

uploads as (
    select
        sequence_number, min(made_at) as made_at, max(count_records) as count_records,
        count(distinct record_position) = max(count_records) as is_whole
    from sent
    group by sequence_number
),

numbers as (select distinct sequence_number, nhs_number from sent),

people as (select distinct sequence_number, person_id from sent),

strangers as (
    select distinct records.file, records.sequence_number, records.created_at
    from int_cpis_acknowledgement_rows as records
    left join numbers on numbers.sequence_number = records.sequence_number
        and numbers.nhs_number = records.nhs_number
    left join people on people.sequence_number = records.sequence_number
        and people.person_id = records.person_id
    where records.position > 0 and numbers.sequence_number is null
        and people.sequence_number is null
),

-- what has come before its time is judged when its time comes
remembered as (
    select file, sequence_number, created_at, standing, count_sent
    from earlier.cpis_acknowledgements
    where position = 0 and standing <> 'from_the_future'
),

files as (
    select
        rows.file, rows.sequence_number, rows.created_at, rows.file_code, rows.count_processed,
        rows.receiver_code,
        row_number() over (
            partition by rows.sequence_number, rows.created_at, rows.file_code,
                rows.count_processed, rows.receiver_code
            order by rows.file
        ) as copy
    from int_cpis_acknowledgement_rows as rows
    where rows.position = 0
),

judged as (
    select
        files.file, files.sequence_number, files.created_at,
        case when remembered.file is null or uploads.is_whole
            then uploads.count_records else remembered.count_sent end as count_sent,
        case
            when remembered.file is not null and not coalesce(uploads.is_whole, false)
                then remembered.standing
            when files.copy > 1 then 'duplicate'
            when files.receiver_code <> terms.authority_code then 'another_council'
            when files.sequence_number < 0 then 'upload_not_read'
            when files.created_at > settings.as_at then 'from_the_future'
            when files.sequence_number < terms.first_sequence_number then 'before_this_program'
            when uploads.sequence_number is null
                and files.sequence_number < terms.last_sequence_number then 'no_longer_kept'
            when uploads.sequence_number is null then 'unknown_sequence'
            when files.created_at < uploads.made_at then 'before_the_upload'
            when uploads.is_whole and strangers.file is not null then 'another_upload'
            when files.file_code in ('CPF02', 'CPF03', 'CPF04')
                and files.count_processed <> uploads.count_records then 'count_differs'
            else 'accepted'
        end as standing
    from files
    cross join settings
    cross join terms
    left join uploads on uploads.sequence_number = files.sequence_number
    left join remembered
        on remembered.file = files.file and remembered.sequence_number = files.sequence_number
            and remembered.created_at = files.created_at
    left join strangers
        on strangers.file = files.file and strangers.sequence_number = files.sequence_number
            and strangers.created_at = files.created_at
)

select
    rows.sequence_number, rows.created_at, rows.file, rows.position, judged.standing,
    rows.file_code, rows.file_meaning,
    rows.count_processed, rows.receiver_code, judged.count_sent, rows.record_code,
    rows.record_meaning, rows.nhs_number, rows.person_id
from int_cpis_acknowledgement_rows as rows
inner join judged
    on judged.file = rows.file and judged.sequence_number = rows.sequence_number
        and judged.created_at = rows.created_at

-- grain: sequence_number, created_at, file, position
-- reads: cpis.acknowledgement_records, cpis.acknowledgements, earlier.cpis_acknowledgements
-- why: Every acknowledgement ever received: those in the inbox, and those that earlier runs saw and
--   the inbox no longer holds. Position 0 is the answer to the file, the others are its records.
with received as (
    select
        file, 0 as position, sequence_number, created_at, file_code, file_meaning, count_processed,
        text_of(receiver_code) as receiver_code,
        cast(null as varchar) as record_code, cast(null as varchar) as record_meaning,
        cast(null as varchar) as nhs_number, cast(null as bigint) as person_id
    from cpis.acknowledgements
    union all
    select
        records.file, records.position, records.sequence_number, files.created_at, files.file_code,
        files.file_meaning,
        files.count_processed, text_of(files.receiver_code) as receiver_code, records.record_code,
        records.record_meaning, text_of(records.nhs_number) as nhs_number, records.person_id
    from cpis.acknowledgement_records as records
    inner join cpis.acknowledgements as files on files.file = records.file
),

kept as (
    select
        earlier.file, earlier.position, earlier.sequence_number, earlier.created_at,
        earlier.file_code, earlier.file_meaning,
        earlier.count_processed, earlier.receiver_code, earlier.record_code, earlier.record_meaning,
        earlier.nhs_number, earlier.person_id
    from earlier.cpis_acknowledgements as earlier
    where not exists (
        select 1
        from cpis.acknowledgements as files
        where files.file = earlier.file and files.sequence_number = earlier.sequence_number
            and files.created_at = earlier.created_at
    )
)

select
    file, cast(position as bigint) as position, sequence_number, created_at, file_code,
    file_meaning, count_processed, receiver_code, record_code, record_meaning, nhs_number, person_id
from received
union all
select
    file, position, sequence_number, created_at, file_code, file_meaning, count_processed,
    receiver_code, record_code, record_meaning, nhs_number, person_id
from kept

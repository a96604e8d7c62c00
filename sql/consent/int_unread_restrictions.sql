-- grain: person_id, record
-- reads: config.duplicate_words, earlier.trace_requests, int_duplicate_references, int_nhs_numbers,
--   int_people, int_same_people, int_trace_receipts, stg_subgroup_people, stg_trace_responses,
--   stg_unread_numbers, stg_unread_rows, stg_workflow_steps
-- why: the people about whom a row that cannot be read may hold a restriction: a person's own row
--   (for every record of that person, by its id, number or name), a record of duplicates, a patient
--   with the sender's mark of a restricted record, and an answer of the trace service that may call
--   a person sensitive. A null person is nobody, and the run stops. The people of rows that differ
--   under one id are among them: nobody knows which row is right.
with unread as (
    select
        source, position, table_name, file, record, person_id, other_person_id, reference_type,
        reference, personal_rel_type_id,
        telephone_type, rule, subject_id, subject_person_id, workflow_step_id, subgroup_id, family,
        given, birth_date, unique_reference, may_be_marked
    from stg_unread_rows
),

numbers as (
    select person_id, held_number as nhs_number from int_people where is_held_number_valid
    union
    select person_id, nhs_number from int_nhs_numbers where nhs_number is not null
),

by_number as (
    select unread.source, unread.position, numbers.person_id
    from unread
    inner join stg_unread_numbers as unread_numbers
        on unread_numbers.source = unread.source and unread_numbers.position = unread.position
    inner join numbers on numbers.nhs_number = unread_numbers.nhs_number
),

by_name as (
    select unread.source, unread.position, people.person_id
    from unread
    inner join int_people as people
        on people.family = unread.family
        and people.given = unread.given
        and people.birth_date = coalesce(unread.birth_date, people.birth_date)
    where unread.table_name in ('dm_persons', 'patient')
),

numbered as (
    select distinct source, position from stg_unread_numbers where is_nhs_number(nhs_number)
),

-- of a patient without a sound number all may be meant who have two of three in common, as in
-- int_marked_patients
unnumbered as (
    select unread.source, unread.position, unread.family, unread.given, unread.birth_date
    from unread
    left join numbered on numbered.source = unread.source and numbered.position = unread.position
    where unread.table_name = 'patient' and unread.may_be_marked and numbered.position is null
),

alike as (
    select unnumbered.source, unnumbered.position, people.person_id
    from unnumbered
    inner join int_people as people
        on people.family = unnumbered.family and people.given = unnumbered.given
    union
    select unnumbered.source, unnumbered.position, people.person_id
    from unnumbered
    inner join int_people as people
        on people.birth_date = unnumbered.birth_date
        and (people.family = unnumbered.family or people.given = unnumbered.given)
),

found as (
    select source, position, person_id from by_number
    union
    select source, position, person_id from by_name
    union
    select source, position, person_id from alike
),

persons as (
    select unread.record, found.person_id
    from unread
    inner join found on found.source = unread.source and found.position = unread.position
    where unread.table_name = 'dm_persons'
    union
    select record, person_id
    from unread
    where table_name = 'dm_persons' and person_id is not null
    union
    -- a row without its id may be the record that is missing among the duplicates of somebody of
    -- the same family name
    select unread.record, records.person_id
    from unread
    cross join int_same_people as records
    inner join int_people as people on people.person_id = records.person_id
    where unread.table_name = 'dm_persons'
        and unread.person_id is null
        and coalesce(people.family = unread.family, true)
        and records.other_person_id not in (select person_id from int_people)
),

-- a line with a sound NHS number, or a name and a birth date, says whom it is about, even where
-- that is nobody here
patients as (
    select unread.record, found.person_id
    from unread
    left join found on found.source = unread.source and found.position = unread.position
    left join numbered on numbered.source = unread.source and numbered.position = unread.position
    where unread.table_name = 'patient'
        and unread.may_be_marked
        and (found.person_id is not null
            or (numbered.position is null and (unread.family is null or unread.birth_date is null)))
),

waiting as (
    select distinct requests.person_id,
        digits_day(split_part(requests.unique_reference, '-', 2)) as asked_on
    from earlier.trace_requests as requests
    left join int_trace_receipts as receipts
        on receipts.unique_reference = requests.unique_reference
    where receipts.unique_reference is null
),

-- A file answers nothing that was asked after the day in its name and its newest answer. Where its
-- name has no day, the unreadable line itself may be the newest answer: everybody who waits counts.
answer_files as (
    select
        file,
        case when day_in_name(file) is not null
            then cast(later_of(day_in_name(file), max(answered_at)) as date) end as newest_on
    from stg_trace_responses
    group by file
),

trace_people as (
    select position, try_cast(split_part(unique_reference, '-', 1) as bigint) as person_id
    from unread
    where source = 'trace' and try_cast(split_part(unique_reference, '-', 1) as bigint) is not null
    union
    select position, person_id from found where source = 'trace'
),

-- an answer that does not say about whom it is may be about everybody who was asked about by then
-- and whose answer has not come
traces as (
    select unread.record, coalesce(trace_people.person_id, waiting.person_id) as person_id
    from unread
    left join trace_people on trace_people.position = unread.position
    left join answer_files on answer_files.file = unread.file
    left join waiting
        on trace_people.position is null
        and coalesce(waiting.asked_on <= answer_files.newest_on, true)
    where unread.source = 'trace'
        and unread.may_be_marked
        and coalesce(trace_people.person_id, waiting.person_id) is not null
),

duplicates as (
    select
        unread.record,
        unread.person_id,
        coalesce(
            numbers.person_id,
            case when not is_nhs_number_text(digits_of(unread.reference))
                then lone_number(unread.reference) end
        ) as other_person_id
    from unread
    left join numbers on numbers.nhs_number = digits_of(unread.reference)
    where unread.table_name = 'dm_person_references'
        and exists (select 1 from config.duplicate_words where source = 'reference')
        and coalesce(unread.reference_type
            in (select word from config.duplicate_words where source = 'reference'), true)
    union
    select record, person_id, other_person_id
    from unread
    where table_name = 'dm_personal_relationships'
        and exists (select 1 from config.duplicate_words where source = 'relationship')
),

-- of two duplicates both must be known
duplicate_people as (
    select record, person_id from duplicates
    union
    select record, other_person_id from duplicates
),

-- a reference that can be read and names no one record: what that record says of the person is not
-- known
unclear_references as (
    select
        'dm_person_references ' || cast(reference_id as varchar)
            || ': reference, names no one record' as record,
        person_id
    from int_duplicate_references
    where other_person_id is null
),

-- a telephone line that may be ex-directory: its number is withheld elsewhere, if anybody knows
-- whose it is
telephones as (
    select record, cast(null as bigint) as person_id
    from unread
    where table_name = 'dm_telephone_numbers'
        and person_id is null
        and coalesce(telephone_type like '%directory%', true)
),

contradicted as (
    select record, person_id, other_person_id, subject_person_id, subject_id, workflow_step_id,
        subgroup_id
    from unread
    where rule = 'two different rows under one id'
),

contradicted_people as (
    select record, person_id from contradicted
    union
    select record, other_person_id from contradicted
    union
    select record, subject_person_id from contradicted
    union
    select record, case when subject_id > 0 then subject_id end from contradicted
    union
    select contradicted.record, members.person_id
    from contradicted
    left join stg_workflow_steps as steps on steps.workflow_step_id = contradicted.workflow_step_id
    inner join stg_subgroup_people as members
        on members.subgroup_id = coalesce(contradicted.subgroup_id, steps.subgroup_id)
),

final as (
    select record, person_id from persons
    union
    select record, person_id from contradicted_people where person_id is not null
    union
    select record, person_id from patients
    union
    select record, person_id from traces
    union
    select record, person_id from duplicate_people
    union
    select record, person_id from unclear_references
    union
    select record, person_id from telephones
)

select person_id, record from final

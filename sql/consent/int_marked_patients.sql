-- grain: sender, patient_id, person_id
-- reads: int_nhs_numbers, int_patients, int_people, stg_patients
-- why: The people whom a patient with the sender's mark of a restricted record names otherwise than
--   by a number in use. A number of a record that its sender no longer uses still says who it is.
--   Where the number is missing or damaged, all who have two of family name, given name, birth date
--   and postcode in common with the patient may be meant. A null person is nobody: with a damaged
--   number, no birth date and no such person, nobody can tell whose mark it is.
with marked as (
    select
        patients.sender, patients.patient_id,
        patients.family, patients.given, patients.birth_date, patients.postcode,
        case when is_nhs_number(written.nhs_number) then written.nhs_number end as nhs_number,
        written.nhs_number is not null and not is_nhs_number(written.nhs_number) as is_damaged
    from int_patients as patients
    inner join stg_patients as written
        on written.sender = patients.sender and written.patient_id = patients.patient_id
    where patients.is_sensitive and patients.nhs_number is null
),

numbers as (
    select person_id, held_number as nhs_number from int_people where is_held_number_valid
    union
    select person_id, nhs_number from int_nhs_numbers where nhs_number is not null
),

found as (
    select marked.sender, marked.patient_id, numbers.person_id
    from numbers
    inner join marked on marked.nhs_number = numbers.nhs_number
    union
    select marked.sender, marked.patient_id, people.person_id
    from int_people as people
    inner join marked
        on marked.nhs_number is null
        and case when people.family = marked.family then 1 else 0 end
        + case when people.given = marked.given then 1 else 0 end
        + case when people.birth_date = marked.birth_date then 1 else 0 end
        + case when people.postcode = marked.postcode then 1 else 0 end >= 2
),

final as (
    select sender, patient_id, person_id from found
    union
    select marked.sender, marked.patient_id, cast(null as bigint)
    from marked
    left join found on found.sender = marked.sender and found.patient_id = marked.patient_id
    where found.sender is null and marked.is_damaged and marked.birth_date is null
)

select sender, patient_id, person_id from final

-- grain: sender, patient_id
-- reads: int_nhs_numbers, int_patient_numbers, int_patients, int_people
-- why: which patients are people here: those whose NHS number is a person's, verified, traced or matched. Where senders
--   know two birth dates under a number that a reviewer has accepted, only the patients of the person's own birth date are
with numbers as (
    select numbers.person_id, numbers.nhs_number, people.birth_date
    from int_nhs_numbers as numbers
    inner join int_people as people on people.person_id = numbers.person_id
    where numbers.standing_rank > 0
),

patients as (
    select sender, patient_id, nhs_number, birth_date from int_patients where nhs_number is not null
),

final as (
    select patients.sender, patients.patient_id, numbers.person_id, numbers.nhs_number
    from patients
    inner join numbers on numbers.nhs_number = patients.nhs_number
    inner join int_patient_numbers as known on known.nhs_number = patients.nhs_number
    where known.count_birth_dates <= 1 or patients.birth_date = numbers.birth_date
)

select sender, patient_id, person_id, nhs_number from final

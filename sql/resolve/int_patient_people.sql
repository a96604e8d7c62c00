-- grain: sender, patient_id
-- reads: int_nhs_numbers, int_patients
-- why: which patients are people here: those whose NHS number is a person's, verified, traced or matched
with numbers as (
    select person_id, nhs_number from int_nhs_numbers where standing_rank > 0
),

patients as (
    select sender, patient_id, nhs_number from int_patients where nhs_number is not null
),

final as (
    select patients.sender, patients.patient_id, numbers.person_id, numbers.nhs_number
    from patients
    inner join numbers on numbers.nhs_number = patients.nhs_number
)

select sender, patient_id, person_id, nhs_number from final

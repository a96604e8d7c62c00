-- grain: sender, patient_id
-- reads: int_nhs_numbers, int_patient_numbers, int_patients, int_people, stg_allergy_intolerances,
--   stg_appointments, stg_conditions, stg_encounters, stg_immunizations, stg_medication_requests,
--   stg_medication_statements
-- why: which patients are people here: those whose NHS number is a person's, verified, traced or
--   matched. Where senders know two birth dates under a number that a reviewer has accepted, only
--   the patients of the person's own birth date are. A record may name its patient by NHS number
--   alone: that number is then its patient's id. A security label on any patient of a number
--   withholds the health records of all of them.
with numbers as (
    select numbers.person_id, numbers.nhs_number, people.birth_date
    from int_nhs_numbers as numbers
    inner join int_people as people on people.person_id = numbers.person_id
    where numbers.standing_rank > 0
),

named as (
    select sender, patient_id from stg_allergy_intolerances where patient_id like 'nhs-number:%'
    union
    select sender, patient_id from stg_appointments where patient_id like 'nhs-number:%'
    union
    select sender, patient_id from stg_conditions where patient_id like 'nhs-number:%'
    union
    select sender, patient_id from stg_encounters where patient_id like 'nhs-number:%'
    union
    select sender, patient_id from stg_immunizations where patient_id like 'nhs-number:%'
    union
    select sender, patient_id from stg_medication_requests where patient_id like 'nhs-number:%'
    union
    select sender, patient_id from stg_medication_statements where patient_id like 'nhs-number:%'
),

patients as (
    select sender, patient_id, nhs_number, birth_date from int_patients where nhs_number is not null
    union all
    select sender, patient_id, substr(patient_id, 12), cast(null as date) from named
),

final as (
    select
        patients.sender, patients.patient_id, numbers.person_id, numbers.nhs_number,
        case when known.is_withheld then 'patient_withheld' end as withheld_as
    from patients
    inner join numbers on numbers.nhs_number = patients.nhs_number
    left join int_patient_numbers as known on known.nhs_number = patients.nhs_number
    where coalesce(known.count_birth_dates, 0) <= 1 or patients.birth_date = numbers.birth_date
)

select sender, patient_id, person_id, nhs_number, withheld_as from final

-- grain: person_id
-- reads: int_candidate_numbers, int_patient_numbers, int_patients, int_people
-- why: numbers that no trace has answered for, and that a sender's patient bears out: the same
--   number, one birth date at all senders, and either birth date (or day and month exchanged) with
--   both names, or birth date with one name
with candidates as (
    select person_id, nhs_number from int_candidate_numbers
    where standing = 'held' and reason = 'not_traced'
),

people as (
    select person_id, family, given, birth_date from int_people
),

patients as (
    select sender, nhs_number, family, given, birth_date from int_patients
    where nhs_number is not null
),

compared as (
    select
        candidates.person_id,
        patients.sender,
        people.birth_date = patients.birth_date as is_same_birth,
        is_swapped(people.birth_date, patients.birth_date) as is_swapped_birth,
        coalesce(people.family = patients.family, false) as is_same_family,
        coalesce(people.given = patients.given, false) as is_same_given
    from candidates
    inner join people on people.person_id = candidates.person_id
    inner join int_patient_numbers as numbers on numbers.nhs_number = candidates.nhs_number
    inner join patients on patients.nhs_number = candidates.nhs_number
    where numbers.count_birth_dates = 1
),

final as (
    select person_id, min(sender) as evidence
    from compared
    where (is_same_birth and (is_same_family or is_same_given))
        or (is_swapped_birth and is_same_family and is_same_given)
    group by person_id
)

select person_id, evidence from final

-- grain: person_id
-- reads: int_candidate_numbers, int_number_claims, int_patient_numbers, int_patients, int_people
-- why: people whose number must not be used, and the first of the reasons. Nothing here says who is
--   right, so nothing is shared until a person has looked.
with candidates as (
    select person_id, nhs_number, standing, evidence, reason from int_candidate_numbers
),

people as (
    select person_id, family, birth_date from int_people
),

patients as (
    select sender, nhs_number, family, birth_date from int_patients where nhs_number is not null
),

by_trace as (
    select person_id, 1 as rank, reason, evidence from candidates where standing = 'conflict'
),

by_two_people as (
    select
        candidates.person_id,
        2 as rank,
        'number_of_two_people' as reason,
        'person ' || cast(min(others.person_id) as varchar) as evidence
    from candidates
    inner join int_number_claims as others
        on others.nhs_number = candidates.nhs_number and others.person_id <> candidates.person_id
    group by candidates.person_id
),

by_two_births as (
    select candidates.person_id, 3 as rank, 'number_of_two_births' as reason,
        numbers.sender as evidence
    from candidates
    inner join int_patient_numbers as numbers on numbers.nhs_number = candidates.nhs_number
    where numbers.count_birth_dates > 1
),

compared as (
    select
        candidates.person_id,
        patients.sender,
        people.birth_date = patients.birth_date
            or is_swapped(people.birth_date, patients.birth_date) as is_same_birth,
        people.family = patients.family as is_same_family
    from candidates
    inner join people on people.person_id = candidates.person_id
    inner join patients on patients.nhs_number = candidates.nhs_number
),

-- of birth date (day and month may be exchanged) and family name none agrees, and at least one can
-- be compared: what is blank bears nothing out
by_patient as (
    select person_id, 4 as rank, 'patient_disagrees' as reason, min(sender) as evidence
    from compared
    where not coalesce(is_same_birth, false)
        and not coalesce(is_same_family, false)
        and (is_same_birth is not null or is_same_family is not null)
    group by person_id
),

conflicts as (
    select person_id, rank, reason, evidence from by_trace
    union all
    select person_id, rank, reason, evidence from by_two_people
    union all
    select person_id, rank, reason, evidence from by_two_births
    union all
    select person_id, rank, reason, evidence from by_patient
),

final as (
    select
        person_id,
        reason,
        evidence,
        row_number() over (partition by person_id order by rank) as rank
    from conflicts
)

select person_id, reason, evidence from final where rank = 1

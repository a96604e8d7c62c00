-- severity: block
-- grain: dataset, person_id
-- reads: health.allergy_intolerance, health.appointment, health.condition, health.encounter,
--   health.immunization, health.medication_request, health.medication_statement, health.patient,
--   int_candidates, int_shared
-- why: of a person who is shared, every record of every patient who bears their one NHS number, in
--   a record that the sender still uses, was a candidate; none was lost on its way from the
--   sender's extract
with records as (
    select 'medications' as dataset, sender, patient_id from health.medication_statement
    union all
    select 'medications', sender, patient_id from health.medication_request
    union all
    select 'diagnoses', sender, patient_id from health.condition
    union all
    select 'allergies', sender, patient_id from health.allergy_intolerance
    union all
    select 'immunisations', sender, patient_id from health.immunization
    union all
    select 'visits', sender, patient_id from health.encounter
    union all
    select 'visits', sender, patient_id from health.appointment
),

patients as (
    select sender, id as patient_id, only_number(nhs_number) as nhs_number
    from health.patient
    where coalesce(is_active, true) and not coalesce(is_replaced, false)
),

held as (
    select shared.dataset, shared.person_id, count(*) as count_rows
    from int_shared as shared
    inner join patients on patients.nhs_number = shared.nhs_number
    inner join records
        on records.dataset = shared.dataset and records.sender = patients.sender
            and records.patient_id = patients.patient_id
    group by shared.dataset, shared.person_id
),

candidates as (
    select dataset, person_id, sum(count_rows) as count_rows
    from int_candidates
    group by dataset, person_id
)

select held.dataset, held.person_id, held.count_rows, candidates.count_rows as count_candidates
from held
left join candidates on candidates.dataset = held.dataset and candidates.person_id = held.person_id
where coalesce(candidates.count_rows, 0) < held.count_rows

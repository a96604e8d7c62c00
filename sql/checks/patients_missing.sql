-- severity: warn
-- grain: sender, resource_type
-- reads: health.allergy_intolerance, health.appointment, health.condition, health.encounter,
--   health.immunization, health.medication_request, health.medication_statement, health.patient
-- why: a health record whose patient is not in the sender's extract, and that names none by NHS
--   number, can be nobody's; the sender should be told
with records as (
    select 'MedicationStatement' as resource_type, sender, patient_id, patient_nhs_number
    from health.medication_statement
    union all
    select 'MedicationRequest', sender, patient_id, patient_nhs_number
    from health.medication_request
    union all
    select 'Condition', sender, patient_id, patient_nhs_number from health.condition
    union all
    select 'AllergyIntolerance', sender, patient_id, patient_nhs_number
    from health.allergy_intolerance
    union all
    select 'Immunization', sender, patient_id, patient_nhs_number from health.immunization
    union all
    select 'Encounter', sender, patient_id, patient_nhs_number from health.encounter
    union all
    select 'Appointment', sender, patient_id, patient_nhs_number from health.appointment
)

select sender, resource_type, count(*) as count_rows
from records
where (records.patient_id is not null or records.patient_nhs_number is null)
    and not exists (
        select 1 from health.patient as patient
        where patient.sender = records.sender and patient.id = records.patient_id
    )
group by sender, resource_type

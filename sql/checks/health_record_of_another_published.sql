-- severity: block
-- grain: person_id, sender, resource_type
-- reads: allergies, diagnoses, health.allergy_intolerance, health.appointment, health.condition,
--   health.encounter, health.immunization, health.medication_request, health.medication_statement,
--   health.patient, immunisations, medications, visits
-- why: every published health record is about a patient who bears the published NHS number at the
--   sender, or names its patient by that number
with published as (
    select person_id, nhs_number, sender, resource_type, resource_id from medications
    union all
    select person_id, nhs_number, sender, resource_type, resource_id from diagnoses
    union all
    select person_id, nhs_number, sender, resource_type, resource_id from allergies
    union all
    select person_id, nhs_number, sender, resource_type, resource_id from immunisations
    union all
    select person_id, nhs_number, sender, resource_type, resource_id from visits
),

records as (
    select 'MedicationStatement' as resource_type, sender, id, patient_id, patient_nhs_number
    from health.medication_statement
    union all
    select 'MedicationRequest', sender, id, patient_id, patient_nhs_number
    from health.medication_request
    union all
    select 'Condition', sender, id, patient_id, patient_nhs_number from health.condition
    union all
    select 'AllergyIntolerance', sender, id, patient_id, patient_nhs_number
    from health.allergy_intolerance
    union all
    select 'Immunization', sender, id, patient_id, patient_nhs_number from health.immunization
    union all
    select 'Encounter', sender, id, patient_id, patient_nhs_number from health.encounter
    union all
    select 'Appointment', sender, id, patient_id, patient_nhs_number from health.appointment
)

select published.person_id, published.sender, published.resource_type, published.resource_id
from published
left join records
    on records.sender = published.sender
    and records.resource_type = published.resource_type
    and records.id = published.resource_id
left join health.patient as patient
    on patient.sender = records.sender and patient.id = records.patient_id
where not coalesce(
    case
        when records.patient_id is null
            then only_number(records.patient_nhs_number) = published.nhs_number
        else strpos(
            ',' || replace(replace(patient.nhs_number, ' ', ''), '-', '') || ',',
            ',' || published.nhs_number || ','
        ) > 0
    end,
    false
)

-- severity: block
-- grain: person_id, sender, resource_type, resource_id
-- reads: allergies, config.security_labels, diagnoses, health.allergy_intolerance,
--   health.appointment, health.condition, health.encounter, health.immunization,
--   health.medication_request, health.medication_statement, health.patient, immunisations,
--   medications, visits
-- why: no published health record, and no patient of one, bears a security label that the agreement
--   does not call harmless, or a part that nobody can interpret; asked of the extract, without the
--   models between
with published as (
    select person_id, sender, resource_type, resource_id from medications
    union all
    select person_id, sender, resource_type, resource_id from diagnoses
    union all
    select person_id, sender, resource_type, resource_id from allergies
    union all
    select person_id, sender, resource_type, resource_id from immunisations
    union all
    select person_id, sender, resource_type, resource_id from visits
),

records as (
    select 'MedicationStatement' as resource_type, sender, id, patient_id, confidentiality,
        other_labels, has_label_without_code,
        has_unknown_modifier from health.medication_statement
    union all
    select 'MedicationRequest', sender, id, patient_id, confidentiality, other_labels,
        has_label_without_code,
        has_unknown_modifier from health.medication_request
    union all
    select 'Condition', sender, id, patient_id, confidentiality, other_labels,
        has_label_without_code,
        has_unknown_modifier from health.condition
    union all
    select 'AllergyIntolerance', sender, id, patient_id, confidentiality, other_labels,
        has_label_without_code,
        has_unknown_modifier from health.allergy_intolerance
    union all
    select 'Immunization', sender, id, patient_id, confidentiality, other_labels,
        has_label_without_code,
        has_unknown_modifier from health.immunization
    union all
    select 'Encounter', sender, id, patient_id, confidentiality, other_labels,
        has_label_without_code,
        has_unknown_modifier from health.encounter
    union all
    select 'Appointment', sender, id, patient_id, confidentiality, other_labels,
        has_label_without_code,
        has_unknown_modifier from health.appointment
),

marks as (
    select sender, resource_type, id, confidentiality, other_labels, has_label_without_code,
        has_unknown_modifier from records
    union all
    select
        records.sender, records.resource_type, records.id, patient.confidentiality,
        patient.other_labels, patient.has_label_without_code, patient.has_unknown_modifier
    from records
    inner join health.patient as patient
        on patient.sender = records.sender and patient.id = records.patient_id
),

closed as (
    select sender, resource_type, id from marks where has_label_without_code or has_unknown_modifier
    union
    select marks.sender, marks.resource_type, marks.id
    from marks
    cross join unnest(split(marks.confidentiality, ',')) as codes (label)
    where trim(codes.label) not in (
        select label from config.security_labels where is_harmless and system = 'confidentiality'
    )
    union
    select marks.sender, marks.resource_type, marks.id
    from marks
    cross join unnest(split(marks.other_labels, ',')) as codes (label)
    where trim(codes.label) not
        in (select label from config.security_labels where is_harmless and system = 'other')
)

select published.person_id, published.sender, published.resource_type, published.resource_id
from published
inner join closed
    on closed.sender = published.sender
    and closed.resource_type = published.resource_type
    and closed.id = published.resource_id

-- resource: Patient
-- dataset: people
-- grain: one resource a row of people
-- why: who is shared, by NHS number and by nothing else. Mapping: FHIR R4 Patient, profile UK Core
--   Patient
with final as (
    select
        cast(people.person_id as varchar) as id,
        'Patient' as "resourceType",
        {'profile': ['https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient'],
            'security': labels} as meta,
        [
            {
                'extension': [
                    {
                        'url': 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus',
                        'valueCodeableConcept': {
                            'coding': [
                                {
                                    'system': 'https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland',
                                    'code': people.nhs_number_status
                                }
                            ]
                        }
                    }
                ],
                'system': 'https://fhir.nhs.uk/Id/nhs-number',
                'value': people.nhs_number
            }
        ] as identifier,
        {'reference': 'Organization/council'} as "managingOrganization"
    from people
    cross join fhir_export
)

select * from final

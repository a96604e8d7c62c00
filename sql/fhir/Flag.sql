-- resource: Flag
-- dataset: accessible_information
-- grain: one resource a row of accessible_information
-- why: what a person needs to read, hear or be understood (DAPB1605). Mapping: FHIR R4 Flag,
--   profile UK Core Flag
with final as (
    select
        cast(needs.person_id as varchar) || '-' || replace(needs.need_type, '_', '-') || '-'
            || needs.code as id,
        'Flag' as "resourceType",
        {'profile': ['https://fhir.hl7.org.uk/StructureDefinition/UKCore-Flag'], 'security': labels}
            as meta,
        [{'system': 'urn:careshare:workflow-step',
            'value': cast(needs.recorded_in_step as varchar)}] as identifier,
        'active' as status,
        [{'text': needs.need_type}] as category,
        {
            'coding': [{'system': 'http://snomed.info/sct', 'code': needs.code,
                'display': needs.display}],
            'text': needs.display
        } as code,
        {'reference': 'Patient/' || cast(needs.person_id as varchar)} as subject,
        case when needs.recorded_on is not null then {'start': needs.recorded_on} end as period,
        {'reference': 'Organization/council'} as author
    from accessible_information as needs
    cross join fhir_export
)

select * from final

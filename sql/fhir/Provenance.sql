-- resource: Provenance
-- dataset: disclosures
-- grain: one resource a person and dataset that is part of this export
-- why: under which agreement, legal basis and consent a person's records are given. Mapping: FHIR
--   R4 Provenance, profile UK Core Provenance
with final as (
    select
        cast(given.person_id as varchar) || '-' || replace(given.dataset, '_', '-') as id,
        'Provenance' as "resourceType",
        {'profile': ['https://fhir.hl7.org.uk/StructureDefinition/UKCore-Provenance'],
            'security': labels} as meta,
        [{'reference': 'Patient/' || cast(given.person_id as varchar)}] as target,
        recorded_at as recorded,
        ['urn:careshare:agreement:' || given.agreement_version] as policy,
        [
            {
                'coding': [{'system': 'http://terminology.hl7.org/CodeSystem/v3-ActReason',
                    'code': 'TREAT'}],
                'text': given.purpose
            }
        ] as reason,
        {'text': 'disclosure of ' || replace(given.dataset, '_', ' ')
            || coalesce(' on the legal basis ' || replace(given.legal_basis, '_', ' '), '')}
                as activity,
        [{'who': {'reference': 'Organization/council'}}] as agent,
        case when given.consent_request_id is not null then [
            {
                'role': 'source',
                'what': {
                    'identifier': {'system': 'urn:careshare:consent-request',
                        'value': cast(given.consent_request_id as varchar)},
                    'display': 'consent given for this disclosure'
                }
            }
        ] end as entity
    from disclosures as given
    cross join fhir_export
    where given.audience = 'direct-care' and given.direction = 'out'
        and given.dataset in (select dataset from fhir_datasets)
)

select * from final

-- resource: CareTeam
-- dataset: allocated_workers
-- grain: one resource a person; one participant a row of allocated_workers
-- why: who works with a person. Mapping: FHIR R4 CareTeam, profile UK Core CareTeam
with final as (
    select
        cast(workers.person_id as varchar) || '-workers' as id,
        'CareTeam' as "resourceType",
        {'profile': ['https://fhir.hl7.org.uk/StructureDefinition/UKCore-CareTeam'],
            'security': any_value(labels)} as meta,
        'active' as status,
        'Allocated workers' as name,
        {'reference': 'Patient/' || cast(workers.person_id as varchar)} as subject,
        list({
            'id': workers.worker_key,
            'role': [{'text': workers.relationship}],
            'member': {
                'reference': 'PractitionerRole/'
                    || coalesce(cast(workers.worker_id as varchar), workers.worker_key),
                'display': workers.worker_name
            },
            'period': case when workers.started_on is not null
                then {'start': workers.started_on} end
        } order by workers.worker_key) as participant,
        [{'reference': 'Organization/council'}] as "managingOrganization"
    from allocated_workers as workers
    cross join fhir_export
    group by workers.person_id
)

select * from final

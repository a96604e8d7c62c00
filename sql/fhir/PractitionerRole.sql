-- resource: PractitionerRole
-- dataset: allocated_workers
-- grain: one resource a worker
-- why: a worker of the council, by name. Mapping: FHIR R4 PractitionerRole, profile UK Core
--   PractitionerRole
with workers as (
    select coalesce(cast(worker_id as varchar), worker_key) as worker,
        max(worker_name) as worker_name
    from allocated_workers
    group by coalesce(cast(worker_id as varchar), worker_key)
),

final as (
    select
        workers.worker as id,
        'PractitionerRole' as "resourceType",
        {'profile': ['https://fhir.hl7.org.uk/StructureDefinition/UKCore-PractitionerRole'],
            'security': labels} as meta,
        [{'system': 'urn:careshare:worker', 'value': workers.worker}] as identifier,
        true as active,
        case when workers.worker_name is not null then {'display': workers.worker_name} end
            as practitioner,
        {'reference': 'Organization/council'} as organization
    from workers
    cross join fhir_export
)

select * from final

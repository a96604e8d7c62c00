-- resource: EpisodeOfCare
-- dataset: case_status
-- grain: one resource a row of case_status
-- why: whether a person's case is open or closed. Mapping: FHIR R4 EpisodeOfCare, profile UK Core
--   EpisodeOfCare. FHIR allows no end before the start, so an impossible end is left out; the
--   status still says finished
with final as (
    select
        cast(cases.person_id as varchar) || '-' || replace(cases.kind, '_', '-')
            || coalesce('-' || cast(cases.opened_on as varchar), '') as id,
        'EpisodeOfCare' as "resourceType",
        {'profile': ['https://fhir.hl7.org.uk/StructureDefinition/UKCore-EpisodeOfCare'],
            'security': labels} as meta,
        case cases.status when 'open' then 'active' when 'closed' then 'finished' end as status,
        [{'text': cases.kind}] as type,
        {'reference': 'Patient/' || cast(cases.person_id as varchar)} as patient,
        {'reference': 'Organization/council'} as "managingOrganization",
        {
            'start': cases.opened_on,
            'end': case when cases.closed_on >= cases.opened_on then cases.closed_on end
        } as period
    from case_status as cases
    cross join fhir_export
)

select * from final

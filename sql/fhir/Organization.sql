-- resource: Organization
-- dataset: allocated_teams
-- grain: the council, and each team that is allocated to somebody who is shared
-- why: who looks after people. Mapping: FHIR R4 Organization, profile UK Core Organization
with teams as (
    select distinct team_id, team_name from allocated_teams where team_id is not null
),

final as (
    select
        'council' as id,
        'Organization' as "resourceType",
        {'profile': ['https://fhir.hl7.org.uk/StructureDefinition/UKCore-Organization'],
            'security': labels} as meta,
        [{'system': 'https://fhir.nhs.uk/Id/ods-organization-code', 'value': council_code}]
            as identifier,
        true as active,
        council_name as name,
        cast(null as struct(reference varchar)) as "partOf"
    from fhir_export

    union all

    select
        'team-' || cast(teams.team_id as varchar) as id,
        'Organization' as "resourceType",
        {'profile': ['https://fhir.hl7.org.uk/StructureDefinition/UKCore-Organization'],
            'security': labels} as meta,
        [{'system': 'urn:careshare:team', 'value': cast(teams.team_id as varchar)}] as identifier,
        true as active,
        coalesce(teams.team_name, 'Team ' || cast(teams.team_id as varchar)) as name,
        {'reference': 'Organization/council'} as "partOf"
    from teams
    cross join fhir_export
)

select * from final

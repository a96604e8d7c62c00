-- resource: CareTeam
-- dataset: allocated_teams
-- grain: one resource a row of allocated_teams
-- why: which team is responsible for a person. Mapping: FHIR R4 CareTeam, profile UK Core CareTeam
with final as (
    select
        cast(teams.person_id as varchar) || '-team-' || cast(teams.team_id as varchar)
            || coalesce('-' || cast(teams.allocated_from as varchar), '') as id,
        'CareTeam' as "resourceType",
        {'profile': ['https://fhir.hl7.org.uk/StructureDefinition/UKCore-CareTeam'],
            'security': labels} as meta,
        'active' as status,
        teams.team_name as name,
        {'reference': 'Patient/' || cast(teams.person_id as varchar)} as subject,
        case when teams.allocated_from is not null then {'start': teams.allocated_from} end
            as period,
        [{'reference': 'Organization/team-' || cast(teams.team_id as varchar)}]
            as "managingOrganization"
    from allocated_teams as teams
    cross join fhir_export
)

select * from final

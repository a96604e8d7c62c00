-- grain: dataset, person_id, nhs_number
-- reads: accessible_information, advocates_and_next_of_kin, allergies, allocated_teams, allocated_workers, case_status,
--   diagnoses, immunisations, medications, people, visits
-- why: Who is in which published dataset with how many rows, read back from the tables as they will leave: what the
--   checks hold against the rules.
with published as (
    select 'advocates_and_next_of_kin' as dataset, person_id, nhs_number from advocates_and_next_of_kin
    union all
    select 'accessible_information' as dataset, person_id, nhs_number from accessible_information
    union all
    select 'case_status' as dataset, person_id, nhs_number from case_status
    union all
    select 'allocated_teams' as dataset, person_id, nhs_number from allocated_teams
    union all
    select 'allocated_workers' as dataset, person_id, nhs_number from allocated_workers
    union all
    select 'medications' as dataset, person_id, nhs_number from medications
    union all
    select 'diagnoses' as dataset, person_id, nhs_number from diagnoses
    union all
    select 'allergies' as dataset, person_id, nhs_number from allergies
    union all
    select 'immunisations' as dataset, person_id, nhs_number from immunisations
    union all
    select 'visits' as dataset, person_id, nhs_number from visits
    union all
    select 'people' as dataset, person_id, nhs_number from people
)

select dataset, person_id, nhs_number, count(*) as count_rows
from published
group by dataset, person_id, nhs_number

-- grain: dataset, person_id, excluded_as
-- reads: int_accessible_information_rows, int_advocates_and_next_of_kin_rows, int_allergies_rows,
--   int_allocated_teams_rows, int_allocated_workers_rows, int_case_status_rows, int_diagnoses_rows,
--   int_immunisations_rows, int_medications_rows, int_people, int_visits_rows
-- why: How many rows each dataset could have had about each person, and how many are left out for what they are. A null
--   person is somebody whom the case store does not know.
with candidates as (
    select 'advocates_and_next_of_kin' as dataset, person_id, excluded_as from int_advocates_and_next_of_kin_rows
    union all
    select 'accessible_information' as dataset, person_id, excluded_as from int_accessible_information_rows
    union all
    select 'case_status' as dataset, person_id, excluded_as from int_case_status_rows
    union all
    select 'allocated_teams' as dataset, person_id, excluded_as from int_allocated_teams_rows
    union all
    select 'allocated_workers' as dataset, person_id, excluded_as from int_allocated_workers_rows
    union all
    select 'medications' as dataset, person_id, excluded_as from int_medications_rows
    union all
    select 'diagnoses' as dataset, person_id, excluded_as from int_diagnoses_rows
    union all
    select 'allergies' as dataset, person_id, excluded_as from int_allergies_rows
    union all
    select 'immunisations' as dataset, person_id, excluded_as from int_immunisations_rows
    union all
    select 'visits' as dataset, person_id, excluded_as from int_visits_rows
    union all
    select 'people' as dataset, person_id, null as excluded_as from int_people
)

select dataset, person_id, excluded_as, count(*) as count_rows
from candidates
group by dataset, person_id, excluded_as

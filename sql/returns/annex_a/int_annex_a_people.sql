-- grain: collection_year, person_id
-- reads: int_annex_a_windows, int_people, int_return_workers, stg_allocated_workers,
--   stg_disabilities, stg_ethnicities, stg_people
-- why: what every list says first of a person, as at its day, and who has the case now or had it
--   last, and whether anybody had it on the day (is_allocated); an unborn child has no age
with disabled as (
    select distinct person_id from stg_disabilities where disability <> 'NONE'
),

allocated as (
    select distinct windows.collection_year, allocations.person_id
    from stg_allocated_workers as allocations
    inner join int_annex_a_windows as windows
        on cast(allocations.started_at as date) <= windows.as_at
            and (allocations.ended_at is null or cast(allocations.ended_at as date) > windows.as_at)
)

select
    windows.collection_year,
    people.person_id,
    cast(people.person_id as varchar) as child_id,
    case known.gender when 'M' then 'Male' when 'F' then 'Female' else 'Not stated' end as gender,
    ethnicities.cin_ethnicity_code as ethnicity,
    people.birth_date,
    case when people.birth_date <= windows.as_at
        then age_in_years(people.birth_date, windows.as_at) end as age_years,
    case when disabled.person_id is not null then 'Y' else 'N' end as has_disability,
    workers.team_name,
    workers.worker_name,
    allocated.person_id is not null as is_allocated
from int_people as people
cross join int_annex_a_windows as windows
inner join stg_people as known on known.person_id = people.person_id
left join stg_ethnicities as ethnicities on ethnicities.ethnicity_code = known.full_ethnicity_code
left join disabled on disabled.person_id = people.person_id
left join int_return_workers as workers on workers.person_id = people.person_id
left join allocated on allocated.collection_year = windows.collection_year
    and allocated.person_id = people.person_id

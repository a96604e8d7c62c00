-- grain: collection_year, person_id
-- reads: casestore.dm_ethnicities, casestore.dm_persons, config.return_periods, stg_periods_of_care
-- publishes to: returns/ssda903_header
-- why: One row for every child who was looked after at any time in the collection year.
with children as (
    select distinct periods.year as collection_year, care.person_id
    from stg_periods_of_care as care
    inner join config.return_periods as periods
        on periods.return_name = '903'
        and cast(care.started_at as date) <= periods.as_at
        and (care.ended_at is null or cast(care.ended_at as date) >= periods.starts_on)
)

select
    children.collection_year, children.person_id,
    coalesce(text_of(people.ssda903_id), cast(children.person_id as varchar)) as child,
    case upper(text_of(people.gender)) when 'M' then 'M' when 'F' then 'F' else 'U' end as sex,
    cast(people.date_of_birth as date) as dob,
    ethnicities.cin_ethnicity_code as ethnic,
    text_of(people.upn_id) as upn,
    row_number() over (partition by children.collection_year order by children.person_id) as row_position
from children
inner join casestore.dm_persons as people on people.person_id = children.person_id
left join casestore.dm_ethnicities as ethnicities on ethnicities.ethnicity_code = people.full_ethnicity_code

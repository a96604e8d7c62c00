-- grain: collection_year, person_id
-- reads: casestore.dm_ethnicities, casestore.dm_persons, config.return_periods,
--   int_ssda903_care_leavers, int_ssda903_children, stg_personal_rel_types,
--   stg_personal_relationships, stg_people
-- publishes to: returns/ssda903_header
-- why: One row for every child who was looked after in the collection year, and every care leaver
--   who is told of. Whether a girl is a mother is asked only of those looked after otherwise than
--   in short breaks. Who was not yet 4 on the 31 August before the last school year has no pupil
--   number yet (UN1).
with children as (
    select collection_year, person_id, child, is_only_short_breaks from int_ssda903_children
    union all
    select leavers.collection_year, leavers.person_id, leavers.child, true as is_only_short_breaks
    from int_ssda903_care_leavers as leavers
    where not exists (
        select 1 from int_ssda903_children as children
        where children.collection_year = leavers.collection_year
            and children.person_id = leavers.person_id
    )
),

mothers as (
    select relationships.person_id, min(cast(others.birth_at as date)) as first_child_on
    from stg_personal_relationships as relationships
    inner join stg_personal_rel_types as types
        on types.personal_rel_type_id = relationships.personal_rel_type_id
    inner join stg_people as others on others.person_id = relationships.other_person_id
    where lower(types.description) in ('daughter', 'son') and others.birth_at is not null
    group by relationships.person_id
)

select
    children.collection_year, children.person_id, children.child,
    case upper(text_of(people.gender)) when 'M' then 'M' when 'F' then 'F' else 'U' end as sex,
    cast(people.date_of_birth as date) as dob,
    ethnicities.cin_ethnicity_code as ethnic,
    coalesce(
        upper(text_of(people.upn_id)),
        case when people.date_of_birth
            + interval '4' year > make_date(children.collection_year - 2, 8, 31) then 'UN1' end
    ) as upn,
    case
        when children.is_only_short_breaks or upper(text_of(people.gender)) is distinct from 'F'
            then null
        when mothers.first_child_on <= periods.as_at then 1
        else 0
    end as mother,
    case
        when not children.is_only_short_breaks and upper(text_of(people.gender)) = 'F'
            and mothers.first_child_on <= periods.as_at
            then mothers.first_child_on
    end as mc_dob,
    row_number() over (partition by children.collection_year order by children.person_id)
        as row_position
from children
inner join config.return_periods as periods
    on periods.return_name = '903' and periods.year = children.collection_year
inner join casestore.dm_persons as people on people.person_id = children.person_id
left join casestore.dm_ethnicities as ethnicities
    on ethnicities.ethnicity_code = people.full_ethnicity_code
left join mothers on mothers.person_id = children.person_id

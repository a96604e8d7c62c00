-- grain: collection_year, person_id
-- reads: cin_details, config.cin, config.return_periods, int_people, stg_ethnicities, stg_people,
--   stg_person_references
-- publishes to: returns/cin_children
-- why: the children of a census. One who is not born by the end of what is known has an expected
--   date of birth and no sex yet. Why a pupil number is not known: nothing came of the referral
--   (UN7), not yet of school age (UN1), else what the case store says.
with periods as (
    select year as collection_year, as_at from config.return_periods where return_name = 'cin'
),

cases as (
    select collection_year, person_id, bool_and(is_no_further_action) as is_nothing_more
    from cin_details
    group by collection_year, person_id
),

said as (
    select refs.person_id, min(upper(refs.reference)) as upn_unknown
    from stg_person_references as refs
    inner join config.cin as terms on refs.reference_type = terms.upn_unknown_reference
    group by refs.person_id
)

select
    cases.collection_year,
    cases.person_id,
    cast(cases.person_id as varchar) as la_child_id,
    known.upn,
    known.former_upn,
    case
        when known.upn is not null then null
        when cases.is_nothing_more then 'UN7'
        when people.birth_date > make_date(cases.collection_year - 6, 8, 31)
            or people.birth_date is null then 'UN1'
        else said.upn_unknown
    end as upn_unknown,
    case when people.birth_date <= periods.as_at then people.birth_date end as birth_date,
    case when people.birth_date > periods.as_at then people.birth_date end as expected_birth_date,
    case when known.gender in ('M', 'F') and people.birth_date <= periods.as_at
        then known.gender else 'U' end as sex,
    case when cast(known.died_at as date) <= periods.as_at then cast(known.died_at as date) end
        as death_date,
    ethnicities.cin_ethnicity_code as ethnicity
from cases
inner join periods on periods.collection_year = cases.collection_year
inner join int_people as people on people.person_id = cases.person_id
inner join stg_people as known on known.person_id = cases.person_id
left join stg_ethnicities as ethnicities on ethnicities.ethnicity_code = known.full_ethnicity_code
left join said on said.person_id = cases.person_id

-- grain: collection_year, person_id
-- reads: config.cld_ethnicities, int_cld_candidates, int_cld_carers, int_cld_known,
--   int_nhs_numbers, int_people, stg_ethnicities, stg_people
-- why: What a submission says of each person it is about: those with an event in it, and their
--   unpaid carers. A number is given where it stands or is held; one in conflict is not, so that
--   nobody is filed under another's.
with events as (
    select collection_year, person_id, count(*) as count_events
    from int_cld_candidates
    group by collection_year, person_id
),

carers as (
    select
        collection_year, carer_person_id, person_id,
        row_number() over (partition by collection_year, carer_person_id order by person_id) as rank
    from int_cld_carers
),

cared_for as (
    select
        carers.collection_year, carers.carer_person_id as person_id, count(*) as count_adults,
        max(carers.person_id) filter (where carers.rank = 1) as adult_1_person_id,
        max(carers.person_id) filter (where carers.rank = 2) as adult_2_person_id,
        max(carers.person_id) filter (where carers.rank = 3) as adult_3_person_id,
        bool_or(events.person_id is not null) as is_of_somebody_here
    from carers
    left join events on events.collection_year = carers.collection_year
        and events.person_id = carers.person_id
    group by carers.collection_year, carers.carer_person_id
),

cared as (
    select distinct collection_year, person_id from int_cld_carers
),

wanted as (
    select collection_year, person_id from events
    union
    select collection_year, person_id from cared_for where is_of_somebody_here
)

select
    wanted.collection_year, wanted.person_id, numbers.nhs_number, people.first_name,
    people.last_name,
    case people.gender when 'M' then 'Male' when 'F' then 'Female'
        when 'U' then 'Unknown' else 'Other' end as gender,
    ethnic.value as ethnicity,
    cast(people.birth_at as date) as date_of_birth,
    cast(people.died_at as date) as date_of_death,
    outward_code(known.postcode) || ' ' || inward_code(known.postcode) as postcode,
    answers.primary_support_reason, answers.accommodation_status, answers.employment_status,
    answers.client_funding_status, answers.autism_spectrum_disorder, answers.visual_impairment,
    answers.hearing_impairment, answers.dementia,
    case when cared.person_id is null then 'No' else 'Yes' end as has_unpaid_carer,
    cared_for.count_adults as number_of_adults_cared_for,
    cared_for.adult_1_person_id, cared_for.adult_2_person_id, cared_for.adult_3_person_id,
    coalesce(cared_for.is_of_somebody_here, false) as is_carer_of_somebody_here
from wanted
inner join stg_people as people on people.person_id = wanted.person_id
inner join int_people as known on known.person_id = wanted.person_id
left join int_nhs_numbers as numbers
    on numbers.person_id = wanted.person_id
        and numbers.standing in ('verified', 'traced', 'matched', 'held')
left join stg_ethnicities as codes on codes.ethnicity_code = people.full_ethnicity_code
left join config.cld_ethnicities as ethnic on ethnic.national_code = codes.cin_ethnicity_code
left join int_cld_known as answers
    on answers.collection_year = wanted.collection_year and answers.person_id = wanted.person_id
left join cared_for on cared_for.collection_year = wanted.collection_year
    and cared_for.person_id = wanted.person_id
left join cared on cared.collection_year = wanted.collection_year
    and cared.person_id = wanted.person_id

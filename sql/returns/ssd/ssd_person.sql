-- grain: pers_person_id
-- reads: cin_children, ssd_cin_assessments, ssd_cin_episodes, ssd_cla_episodes, ssd_cp_plans,
--   ssd_s47_enquiry, ssda903_header, stg_ethnicities, stg_people
-- publishes to: returns/ssd_person
-- why: Who is in the other tables; the pupil number as the newest census says it is not known,
--   a child of her own as the newest 903 does
with known as (
    select cine_person_id as person_id from ssd_cin_episodes
    union
    select cina_person_id from ssd_cin_assessments
    union
    select s47e_person_id from ssd_s47_enquiry
    union
    select cppl_person_id from ssd_cp_plans
    union
    select clae_person_id from ssd_cla_episodes
),

censuses as (
    select person_id, max_by(coalesce(upn_unknown, ''), collection_year) as upn_unknown
    from cin_children
    group by person_id
),

headers as (
    select person_id, max(mother) as mother
    from ssda903_header
    group by person_id
)

select
    people.person_id as pers_person_id,
    people.first_name as pers_forename,
    people.last_name as pers_surname,
    case people.gender when 'M' then 'M' when 'F' then 'F' else 'U' end as pers_sex,
    cast(null as varchar) as pers_gender,
    ethnicities.cin_ethnicity_code as pers_ethnicity,
    cast(people.birth_at as date) as pers_dob,
    cast(null as varchar) as pers_common_child_id,
    cast(null as varchar) as pers_legacy_id,
    nullif(censuses.upn_unknown, '') as pers_upn_unknown,
    cast(null as varchar) as pers_send_flag,
    cast(null as date) as pers_expected_dob,
    cast(people.died_at as date) as pers_death_date,
    case headers.mother when 1 then 'Y' when 0 then 'N' end as pers_is_mother,
    cast(null as varchar) as pers_nationality
from known
inner join stg_people as people on people.person_id = known.person_id
left join stg_ethnicities as ethnicities on ethnicities.ethnicity_code = people.full_ethnicity_code
left join censuses on censuses.person_id = people.person_id
left join headers on headers.person_id = people.person_id

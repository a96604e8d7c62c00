-- grain: collection_year, person_id
-- reads: config.annex_a_professionals, int_annex_a_people, int_annex_a_windows,
--   int_ssda903_entitled, int_ssda903_unaccompanied, stg_former_looked_after, stg_people,
--   stg_periods_of_care, stg_prof_relationships, stg_workers
-- publishes to: returns/annex_a_list_9
-- why: care leavers, whoever is in care no more: those under 21 to whom support is owed and those
--   under 25 of whom the council keeps contact, as they were last found to live by the day, or
--   blank where nobody has yet; with the newest personal advisor of the day. Pathway plans stand in
--   no reporting table: these stay blank.
with situations as (
    select
        windows.collection_year, found.person_id, found.situation_on,
        found.in_touch_code as in_touch, found.accommodation_code as accommodation,
        found.suitability_code as suitability, found.activity_code as activity,
        row_number() over (partition by windows.collection_year, found.person_id
            order by found.situation_on desc) as rank
    from stg_former_looked_after as found
    inner join int_annex_a_windows as windows on found.situation_on <= windows.as_at
),

leavers as (
    select collection_year, person_id from situations
    union
    select windows.collection_year, entitled.person_id
    from int_ssda903_entitled as entitled
    inner join int_annex_a_windows as windows
        on entitled.last_ended_on <= windows.as_at
            and cast(entitled.birth_date + interval '21' year as date) > windows.as_at
    inner join stg_people as people on people.person_id = entitled.person_id
    where people.died_at is null or cast(people.died_at as date) > windows.as_at
),

in_care as (
    select distinct windows.collection_year, care.person_id
    from stg_periods_of_care as care
    inner join int_annex_a_windows as windows
        on cast(care.started_at as date) <= windows.as_at
            and (care.ended_at is null or cast(care.ended_at as date) > windows.as_at)
),

advisors as (
    select
        windows.collection_year, relationships.person_id,
        nullif(max_by(coalesce(workers.full_name, ''),
            (relationships.started_at, relationships.prof_relationship_id)), '') as personal_advisor
    from stg_prof_relationships as relationships
    inner join config.annex_a_professionals as kinds
        on kinds.role = 'personal_advisor'
            and kinds.prof_rel_type_code = relationships.prof_rel_type_code
    inner join int_annex_a_windows as windows
        on cast(relationships.started_at as date) <= windows.as_at
        and (relationships.ended_at is null or cast(relationships.ended_at as date) > windows.as_at)
    inner join stg_workers as workers on workers.worker_id = relationships.worker_id
    group by windows.collection_year, relationships.person_id
)

select
    leavers.collection_year, leavers.person_id, people.child_id, people.gender, people.ethnicity,
    people.birth_date, people.age_years,
    case
        when unaccompanied.started_on <= windows.as_at
            and (people.age_years >= 18
                or coalesce(unaccompanied.until_on, windows.as_at) >= windows.twelve_months_from)
            then 'Y'
        else 'N'
    end as is_unaccompanied,
    people.has_disability, people.team_name, people.worker_name, advisors.personal_advisor,
    case when people.age_years < 18 then 'Relevant' else 'Former relevant' end as eligibility,
        cast(null as date) as pathway_reviewed_on,
    situations.in_touch, situations.situation_on, situations.accommodation, situations.suitability,
    situations.activity,
    row_number() over (partition by leavers.collection_year order by leavers.person_id)
        as row_position
from leavers
inner join int_annex_a_windows as windows on windows.collection_year = leavers.collection_year
inner join int_annex_a_people as people
    on people.collection_year = leavers.collection_year and people.person_id = leavers.person_id
left join situations
    on situations.collection_year = leavers.collection_year
        and situations.person_id = leavers.person_id and situations.rank = 1
left join advisors on advisors.collection_year = leavers.collection_year
    and advisors.person_id = leavers.person_id
left join in_care on in_care.collection_year = leavers.collection_year
    and in_care.person_id = leavers.person_id
left join int_ssda903_unaccompanied as unaccompanied on unaccompanied.person_id = leavers.person_id
where people.age_years < 25 and in_care.person_id is null

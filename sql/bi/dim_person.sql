-- grain: person_key
-- reads: config.quasi_identifiers, int_bi_people, int_bi_person_tiers
-- publishes to: bi/dim_person
-- why: People in an episode of care, under pseudonyms that only the council's key can undo. What had to be given up so that no
--   fewer than k people look the same is null.
with columns as (
    select
        max(position) filter (where column_name = 'age_band') as age_band,
        max(position) filter (where column_name = 'sex') as sex,
        max(position) filter (where column_name = 'ethnic_group') as ethnic_group,
        max(position) filter (where column_name = 'postcode') as postcode
    from config.quasi_identifiers
    where dataset = 'dim_person'
)

select
    people.person_key,
    case when columns.age_band > tiers.tier then people.age_band end as age_band,
    case when columns.sex > tiers.tier then people.sex end as sex,
    case when columns.ethnic_group > tiers.tier then people.ethnic_group end as ethnic_group,
    case when columns.postcode > tiers.tier then people.postcode end as postcode,
    tiers.tier as count_given_up,
    people.key_version
from int_bi_people as people
inner join int_bi_person_tiers as tiers on tiers.person_id = people.person_id
cross join columns

-- grain: person_id
-- reads: config.quasi_identifiers, int_bi_people, int_bi_terms
-- why: How many of what could tell who it is must be given up of each person, so that as many look the same as agreed (k or
--   more: facts are counted with all that is shown of their person, and can show the more the less that is). Who stands with too
--   few in one round gives up the next column, in the agreement's order, and is counted again with the others that are left; who
--   still stands with too few when all is given up is left out and has no row. The whole of the people is looked at in each
--   round, never one row alone.
with recursive people as (
    select
        people.person_id,
        list(case columns.column_name
            when 'age_band' then people.age_band
            when 'sex' then people.sex
            when 'ethnic_group' then people.ethnic_group
            when 'postcode' then people.postcode
        end order by columns.position) as shown
    from int_bi_people as people
    cross join config.quasi_identifiers as columns
    where columns.dataset = 'dim_person'
    group by people.person_id
),

rounds as (
    select person_id, 0 as tier, shown, count(*) over (partition by shown) as count_people
    from people
    union all
    select
        rounds.person_id, rounds.tier + 1, list_slice(rounds.shown, 2, -1),
        count(*) over (partition by list_slice(rounds.shown, 2, -1))
    from rounds
    cross join int_bi_terms as terms
    where rounds.count_people < terms.people_alike and len(rounds.shown) > 0
)

select rounds.person_id, rounds.tier
from rounds
cross join int_bi_terms as terms
where rounds.count_people >= terms.people_alike

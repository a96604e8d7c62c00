-- grain: person_id, other_person_id
-- reads: config.duplicate_records, config.duplicate_words, int_duplicate_references,
--   int_nhs_numbers, int_number_reviews, int_people, int_trace_answers, stg_addresses,
--   stg_personal_rel_types, stg_personal_relationships
-- why: the records that are one person: of the same NHS number (held, traced, superseded or
--   accepted by a reviewer), recorded as duplicates, or alike in name and birth date at the
--   configured level of address. Refusals and restrictions of one hold for all. Chains are followed
--   through up to three records in between.
with people as (
    select person_id, family, given, birth_date, held_number, is_held_number_valid from int_people
),

numbers as (
    select person_id, held_number as nhs_number from people where is_held_number_valid
    union
    select person_id, matched_number from int_trace_answers where matched_number is not null
    union
    select person_id, nhs_number from int_nhs_numbers where nhs_number is not null
    union
    select person_id, nhs_number from int_number_reviews where is_accepted
),

own_numbers as (
    select numbers.person_id, numbers.nhs_number
    from numbers
    left join int_number_reviews as reviews
        on reviews.person_id = numbers.person_id
        and reviews.nhs_number = numbers.nhs_number
        and reviews.decision = 'reject'
    where reviews.person_id is null
),

same_number as (
    select numbers.person_id, others.person_id as other_person_id, 1 as rank
    from own_numbers as numbers
    inner join own_numbers as others
        on others.nhs_number = numbers.nhs_number and others.person_id <> numbers.person_id
),

recorded as (
    select relationships.person_id, relationships.other_person_id
    from stg_personal_relationships as relationships
    inner join stg_personal_rel_types as types
        on types.personal_rel_type_id = relationships.personal_rel_type_id
    inner join config.duplicate_words as words
        on words.source = 'relationship' and words.word = lower(types.description)
    union
    select person_id, other_person_id from int_duplicate_references
),

recorded_both_ways as (
    select person_id, other_person_id, 2 as rank from recorded where other_person_id is not null
    union
    select other_person_id, person_id, 2 from recorded where other_person_id is not null
),

alike as (
    select people.person_id, others.person_id as other_person_id
    from people
    inner join people as others
        on others.family = people.family
        and others.given = people.given
        and others.birth_date = people.birth_date
        and others.person_id <> people.person_id
),

homes as (
    select distinct person_id, fold_postcode(postcode) as postcode
    from stg_addresses
    where fold_postcode(postcode) is not null
        and person_id in (select person_id from alike)
),

same_home as (
    select distinct alike.person_id, alike.other_person_id
    from alike
    inner join homes on homes.person_id = alike.person_id
    inner join homes as others
        on others.person_id = alike.other_person_id and others.postcode = homes.postcode
),

-- name_birth_date: whatever the address; name_birth_date_address: an address of both is the same,
-- or one has none; same_address: an address of both is the same
found as (
    select alike.person_id, alike.other_person_id, 3 as rank
    from alike
    cross join config.duplicate_records as terms
    left join same_home
        on same_home.person_id = alike.person_id
            and same_home.other_person_id = alike.other_person_id
    where terms.level = 'name_birth_date'
        or same_home.person_id is not null
        or (
            terms.level = 'name_birth_date_address'
            and (
                alike.person_id not in (select person_id from homes)
                or alike.other_person_id not in (select person_id from homes)
            )
        )
),

pairs as (
    select person_id, other_person_id, min(rank) as rank
    from (
        select person_id, other_person_id, rank from same_number
        union all
        select person_id, other_person_id, rank from recorded_both_ways
        union all
        select person_id, other_person_id, rank from found
    ) as links
    where person_id <> other_person_id
    group by person_id, other_person_id
),

through_one as (
    select person_id, other_person_id, rank from pairs
    union all
    select pairs.person_id, further.other_person_id, 4
    from pairs
    inner join pairs as further on further.person_id = pairs.other_person_id
    where further.other_person_id <> pairs.person_id
),

near as (
    select person_id, other_person_id, min(rank) as rank
    from through_one
    group by person_id, other_person_id
),

through_three as (
    select person_id, other_person_id, rank from near
    union all
    select near.person_id, further.other_person_id, 4
    from near
    inner join near as further on further.person_id = near.other_person_id
    where further.other_person_id <> near.person_id
),

final as (
    select
        person_id,
        other_person_id,
        case min(rank)
            when 1 then 'same NHS number'
            when 2 then 'recorded as a duplicate'
            when 3 then 'same name, birth date and address'
            else 'through another record'
        end as how
    from through_three
    group by person_id, other_person_id
)

select person_id, other_person_id, how from final

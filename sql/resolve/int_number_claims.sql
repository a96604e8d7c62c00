-- grain: nhs_number, person_id
-- reads: int_number_reviews, int_people, int_trace_answers
-- why: every valid number that a person holds or was given by a trace; a number that two people
--   claim is in conflict, even where a trace would give it to one of them. Whom a reviewer gave a
--   number claims that one alone, and nobody claims a number that a reviewer has rejected for them.
with reviews as (
    select person_id, nhs_number, decision, is_accepted from int_number_reviews
),

accepted as (
    select person_id, nhs_number from reviews where is_accepted
),

held as (
    select person_id, held_number as nhs_number from int_people where is_held_number_valid
),

given as (
    select person_id, matched_number as nhs_number
    from int_trace_answers
    where matched_number is not null and code in ('00', '90', '91', '92')
),

unreviewed as (
    select person_id, nhs_number from held
    union
    select person_id, nhs_number from given
),

claims as (
    select unreviewed.person_id, unreviewed.nhs_number
    from unreviewed
    where not exists (select 1 from accepted where accepted.person_id = unreviewed.person_id)
        and not exists (
            select 1 from reviews
            where reviews.person_id = unreviewed.person_id
                and reviews.nhs_number = unreviewed.nhs_number
                and reviews.decision = 'reject'
        )
    union all
    select person_id, nhs_number from accepted
),

final as (
    select
        nhs_number,
        person_id,
        count(*) over (partition by nhs_number) as count_people
    from claims
)

select nhs_number, person_id, count_people from final

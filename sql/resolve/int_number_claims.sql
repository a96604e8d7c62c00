-- grain: nhs_number, person_id
-- reads: int_people, int_trace_answers
-- why: every valid number that a person holds or was given by a trace; a number that two people claim is in conflict,
--   even where a trace would give it to one of them
with held as (
    select person_id, held_number as nhs_number from int_people where is_held_number_valid
),

given as (
    select person_id, matched_number as nhs_number
    from int_trace_answers
    where matched_number is not null and code in ('00', '90', '91', '92')
),

claims as (
    select person_id, nhs_number from held
    union
    select person_id, nhs_number from given
),

final as (
    select
        nhs_number,
        person_id,
        count(*) over (partition by nhs_number) as count_people
    from claims
)

select nhs_number, person_id, count_people from final

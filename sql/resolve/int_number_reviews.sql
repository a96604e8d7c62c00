-- grain: person_id, nhs_number
-- reads: config.reviewed_numbers
-- why: what reviewers have decided, each pair of person and number by its latest word: accept (this
--   is the person's number) or reject (it is not). Of two numbers accepted for one person the later
--   stands. Decisions are never forgotten.
with decisions as (
    select
        position,
        person_id,
        nhs_number,
        decision,
        decided_by,
        decided_at,
        row_number() over (partition by person_id, nhs_number order by position desc) as rank
    from config.reviewed_numbers
),

latest as (
    select
        position,
        person_id,
        nhs_number,
        decision,
        decided_by,
        decided_at,
        decision = 'accept'
            and position = max(case when decision = 'accept' then position end)
                over (partition by person_id) as is_accepted
    from decisions
    where rank = 1
),

final as (
    select
        person_id,
        nhs_number,
        decision,
        is_accepted,
        count(case when is_accepted then 1 end)
            over (partition by nhs_number) as count_accepting_people,
        decided_by,
        decided_at,
        position
    from latest
)

select person_id, nhs_number, decision, is_accepted, count_accepting_people, decided_by, decided_at,
    position from final

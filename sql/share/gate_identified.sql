-- grain: person_id, demanded_standing
-- reads: gate_in_agreement, gate_in_episode, int_nhs_numbers
-- why: Gate 3. The person's NHS number has the standing that the dataset demands; a number in
--   conflict opens nothing, not even where no standing is demanded.
with people as (select person_id from gate_in_episode where is_open),

demands as (
    select distinct
        demanded_standing,
        case demanded_standing
            when 'verified' then 3
            when 'traced' then 2
            when 'matched' then 1
            when 'none' then 0
        end as demanded_rank
    from gate_in_agreement
    where demanded_standing is not null
),

final as (
    select
        people.person_id,
        demands.demanded_standing,
        case
            when numbers.standing = 'conflict' then 'nhs_number_conflict'
            when numbers.standing_rank >= demands.demanded_rank then 'identified'
            when numbers.standing = 'none' then 'no_nhs_number'
            else 'standing_too_low'
        end as reason,
        coalesce(numbers.evidence, numbers.reason) as evidence
    from people
    cross join demands
    inner join int_nhs_numbers as numbers on numbers.person_id = people.person_id
)

select person_id, demanded_standing, reason = 'identified' as is_open, reason, evidence
from final

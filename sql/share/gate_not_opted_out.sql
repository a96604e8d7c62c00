-- grain: person_id
-- reads: gate_in_episode, int_nhs_numbers, optout.cleared, optout.requested
-- why: Gate 7, for secondary use only. The person's NHS number was sent to the national data opt-out and came back in a
--   whole reply. A number never sent, or whose reply is missing or broken, is not cleared; a number missing from any
--   whole reply is opted out.
with people as (
    select numbers.person_id, numbers.nhs_number
    from int_nhs_numbers as numbers
    inner join gate_in_episode as episode on episode.person_id = numbers.person_id and episode.is_open
),

replies as (
    select file, bool_and(is_whole) as is_whole
    from optout.cleared
    group by file
),

cleared as (
    select distinct file, nhs_number
    from optout.cleared
),

answered as (
    select asked.nhs_number, bool_and(cleared.nhs_number is not null) as is_cleared
    from optout.requested as asked
    inner join replies on replies.file = asked.file and replies.is_whole
    left join cleared on cleared.file = asked.file and cleared.nhs_number = asked.nhs_number
    group by asked.nhs_number
),

final as (
    select
        people.person_id,
        case
            when answered.is_cleared then 'not_opted_out'
            when answered.is_cleared is null then 'opt_out_reply_missing'
            else 'opted_out'
        end as reason
    from people
    left join answered on answered.nhs_number = people.nhs_number
)

select person_id, reason = 'not_opted_out' as is_open, reason
from final

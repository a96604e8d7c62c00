-- grain: person_id
-- reads: gate_in_episode, int_nhs_numbers, optout.cleared, optout.requested, stg_unread_rows
-- why: Gate 7, for secondary use only. The person's NHS number was sent to the national data
--   opt-out and came back in a whole reply. A number never sent, or whose reply is missing or
--   broken, is not cleared; a number missing from any whole reply is opted out. A damaged exchange
--   clears nobody whom it may have asked about, whatever an older reply says.
with people as (
    select numbers.person_id, numbers.nhs_number
    from int_nhs_numbers as numbers
    inner join gate_in_episode as episode
        on episode.person_id = numbers.person_id and episode.is_open
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

damaged as (
    select
        replace(replace(file, '.request.dat', ''), '.reply.dat', '') as file,
        bool_or(table_name = 'requested') as is_request,
        bool_or(table_name <> 'requested') as is_reply
    from stg_unread_rows
    where source = 'optout'
    group by 1
    union all
    select file, false, true from replies where not is_whole
),

-- a line of a request that cannot be read may have asked about anybody whom its reply does not
-- clear
doubted as (
    select asked.nhs_number
    from optout.requested as asked
    inner join damaged on damaged.file = asked.file and damaged.is_reply
    union
    select people.nhs_number
    from people
    inner join damaged on damaged.is_request
    left join cleared on cleared.file = damaged.file and cleared.nhs_number = people.nhs_number
    where cleared.nhs_number is null
),

final as (
    select
        people.person_id,
        case
            when people.nhs_number in (select nhs_number from doubted where nhs_number is not null)
            then 'opt_out_reply_missing'
            when answered.is_cleared then 'not_opted_out'
            when answered.is_cleared is null then 'opt_out_reply_missing'
            else 'opted_out'
        end as reason
    from people
    left join answered on answered.nhs_number = people.nhs_number
)

select person_id, reason = 'not_opted_out' as is_open, reason
from final

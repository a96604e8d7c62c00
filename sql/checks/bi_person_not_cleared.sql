-- severity: block
-- grain: dataset
-- reads: config.pseudonyms, config.withheld_people, gate_in_episode, int_bi_rows, int_nhs_numbers,
--   int_people, optout.cleared, optout.requested
-- why: everybody behind a pseudonym is in an episode of care, neither restricted nor withheld by
--   the council, and came back from the national data opt-out, every reply of which is there and
--   whole
with people as (
    select
        people.person_id, people.is_restricted,
        pseudonym(keys.inner_pad, keys.outer_pad, keys.audience, 'person',
            cast(people.person_id as varchar)) as person_key
    from int_people as people
    inner join config.pseudonyms as keys on keys.audience = 'bi'
),

broken as (
    select asked.file
    from optout.requested as asked
    where not exists (
        select 1 from optout.cleared as replies where replies.file = asked.file and replies.is_whole
    )
    union all
    select file from optout.cleared where not coalesce(is_whole, false)
)

select distinct shown.dataset, shown.person_key
from int_bi_rows as shown
left join people on people.person_key = shown.person_key
left join gate_in_episode as episode on episode.person_id = people.person_id
left join int_nhs_numbers as numbers on numbers.person_id = people.person_id
where not coalesce(episode.is_open, false)
    or coalesce(people.is_restricted, true)
    or coalesce(numbers.is_sensitive, true)
    or people.person_id in (select person_id from config.withheld_people)
    or not exists (
        select 1 from optout.cleared
        where cleared.nhs_number = numbers.nhs_number and cleared.is_whole
    )
    or exists (select 1 from broken)

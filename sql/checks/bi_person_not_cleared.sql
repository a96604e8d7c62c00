-- severity: block
-- grain: dataset
-- reads: config.withheld_people, dim_person, fact_consent_request, fact_episode, fact_sharing_decision, gate_in_episode,
--   int_bi_people, int_nhs_numbers, int_people, optout.cleared, optout.requested
-- why: everybody behind a pseudonym is in an episode of care, neither restricted nor withheld by the council, and came back from
--   the national data opt-out, every reply of which is there and whole
with pseudonyms as (
    select 'dim_person' as dataset, person_key from dim_person
    union all
    select 'fact_episode', person_key from fact_episode
    union all
    select 'fact_consent_request', person_key from fact_consent_request
    union all
    select 'fact_sharing_decision', person_key from fact_sharing_decision
),

broken as (
    select asked.file
    from optout.requested as asked
    where not exists (select 1 from optout.cleared as replies where replies.file = asked.file and replies.is_whole)
    union all
    select file from optout.cleared where not coalesce(is_whole, false)
)

select distinct pseudonyms.dataset, pseudonyms.person_key
from pseudonyms
left join int_bi_people as behind on behind.person_key = pseudonyms.person_key
left join gate_in_episode as episode on episode.person_id = behind.person_id
left join int_people as people on people.person_id = behind.person_id
left join int_nhs_numbers as numbers on numbers.person_id = behind.person_id
where not coalesce(episode.is_open, false)
    or coalesce(people.is_restricted, true)
    or coalesce(numbers.is_sensitive, true)
    or behind.person_id in (select person_id from config.withheld_people)
    or not exists (select 1 from optout.cleared where cleared.nhs_number = numbers.nhs_number and cleared.is_whole)
    or exists (select 1 from broken)

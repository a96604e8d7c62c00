-- grain: dataset, row_key
-- reads: config.quasi_identifiers, decisions, int_bi_consent_requests, int_bi_cpis_accesses, int_bi_episodes, int_bi_members, int_bi_terms
-- why: How much must be given up of each fact, so that whoever knows it of somebody, together with all that dim_person shows of
--   them, still faces no fewer than k people. The rounds are those of int_bi_person_tiers; different people are counted, not rows.
--   What is never given up, such as the dataset asked for, stands in kept.
with recursive facts as (
    select
        'fact_episode' as dataset, facts.episode_key as row_key, facts.person_id,
        facts.shown_as || '|' || facts.is_open as kept,
        list(coalesce(case columns.column_name
            when 'kind' then facts.kind
            when 'service_key' then facts.service_key
            when 'team_id' then cast(facts.team_id as varchar)
            when 'opened_on' then cast(facts.opened_on as varchar)
            when 'closed_on' then cast(facts.closed_on as varchar)
        end, '') order by columns.position) as shown
    from int_bi_episodes as facts
    inner join config.quasi_identifiers as columns on columns.dataset = 'fact_episode'
    group by facts.episode_key, facts.person_id, facts.shown_as, facts.is_open
    union all
    select
        'fact_consent_request', facts.consent_request_key, facts.person_id,
        facts.shown_as || '|' || facts.dataset,
        list(coalesce(case columns.column_name
            when 'asked_on' then cast(facts.asked_on as varchar)
            when 'answer' then facts.answer
            when 'decided_by' then facts.decided_by
            when 'way_of_asking' then facts.way_of_asking
            when 'team_id' then cast(facts.team_id as varchar)
        end, '') order by columns.position)
    from int_bi_consent_requests as facts
    inner join config.quasi_identifiers as columns on columns.dataset = 'fact_consent_request'
    group by facts.consent_request_key, facts.person_id, facts.shown_as, facts.dataset
    union all
    select
        'fact_sharing_decision', facts.dataset || ':' || members.person_key, members.person_id,
        members.shown_as || '|' || facts.dataset,
        list(coalesce(case columns.column_name
            when 'decision' then facts.decision
            when 'gate' then facts.gate
            when 'reason' then facts.reason
        end, '') order by columns.position)
    from decisions as facts
    inner join int_bi_members as members on members.person_id = facts.person_id
    inner join config.quasi_identifiers as columns on columns.dataset = 'fact_sharing_decision'
    group by facts.dataset, members.person_key, members.person_id, members.shown_as
    union all
    select
        'fact_cpis_access', concat_ws(':', facts.message_id, cast(facts.access_position as varchar), cast(facts.edition as varchar)), facts.person_id, '',
        list(case columns.column_name
            when 'organisation_code' then facts.organisation_code
            when 'accessed_on' then cast(facts.accessed_on as varchar)
        end order by columns.position)
    from int_bi_cpis_accesses as facts
    inner join config.quasi_identifiers as columns on columns.dataset = 'fact_cpis_access'
    group by facts.message_id, facts.access_position, facts.edition, facts.person_id
),

rounds as (
    select
        dataset, row_key, person_id, kept, 0 as tier, shown,
        count(distinct person_id) over (partition by dataset, kept, shown) as count_people
    from facts
    union all
    select
        rounds.dataset, rounds.row_key, rounds.person_id, rounds.kept, rounds.tier + 1, list_slice(rounds.shown, 2, -1),
        count(distinct rounds.person_id) over (partition by rounds.dataset, rounds.kept, list_slice(rounds.shown, 2, -1))
    from rounds
    cross join int_bi_terms as terms
    where rounds.count_people < terms.k and len(rounds.shown) > 0
)

select rounds.dataset, rounds.row_key, rounds.tier
from rounds
cross join int_bi_terms as terms
where rounds.count_people >= terms.k

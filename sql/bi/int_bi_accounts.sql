-- grain: dataset
-- reads: cpis_notifications, decisions, dim_person, fact_consent_request, fact_cpis_access, fact_episode, fact_sharing_decision,
--   gate_in_episode, int_bi_consent_requests, int_bi_cpis_accesses, int_bi_episodes, int_bi_fact_tiers, int_bi_members, int_bi_terms,
--   int_consent_request_datasets, int_consent_requests, int_episodes, int_people
-- why: What became of every row that BI could have been told: nobody's episode of care or no time of BI's is out of scope; what a
--   gate stopped, or stood with fewer than k people, is withheld. Each is counted where it lies, none as what is left.
with people as (
    select
        people.person_id,
        coalesce(episode.is_open, false) as is_in_scope,
        members.person_id is not null as is_member
    from int_people as people
    left join gate_in_episode as episode on episode.person_id = people.person_id
    left join int_bi_members as members on members.person_id = people.person_id
),

timely as (
    select
        'fact_episode' as dataset, episodes.person_id,
        episodes.opened_at < terms.whole_until
            and (episodes.opened_at >= terms.history_from or episodes.is_open or coalesce(episodes.closed_at >= terms.history_from, false))
            as is_timely
    from int_episodes as episodes
    cross join int_bi_terms as terms
    union all
    select
        'fact_consent_request', requests.person_id,
        requests.is_dated and requests.asked_at >= terms.history_from and requests.asked_at < terms.whole_until
    from int_consent_request_datasets as datasets
    inner join int_consent_requests as requests
        on requests.consent_request_id = datasets.consent_request_id and requests.person_id = datasets.person_id
    cross join int_bi_terms as terms
    union all
    select 'fact_sharing_decision', person_id, true from decisions
    union all
    select
        'fact_cpis_access', told.person_id,
        told.standing = 'known_child' and coalesce(
            told.accessed_at at time zone 'Europe/London' >= terms.history_from
            and told.accessed_at at time zone 'Europe/London' < terms.whole_until, false)
    from cpis_notifications as told
    cross join int_bi_terms as terms
    union all
    select 'dim_person', person_id, true from int_people
),

stopped as (
    select
        timely.dataset,
        count(*) as rows_in,
        count(*) filter (where not (timely.is_timely and coalesce(people.is_in_scope, false))) as out_of_scope,
        count(*) filter (where timely.is_timely and people.is_in_scope and not people.is_member) as stopped
    from timely
    left join people on people.person_id = timely.person_id
    group by timely.dataset
),

published as (
    select 'dim_person' as dataset, count(*) as rows_out, 0 as too_few from dim_person
    union all
    select
        'fact_episode',
        (select count(*) from fact_episode),
        (select count(*) from int_bi_episodes as facts
            where not exists (select 1 from fact_episode as shown where shown.episode_key = facts.episode_key))
    union all
    select
        'fact_consent_request',
        (select count(*) from fact_consent_request),
        (select count(*) from int_bi_consent_requests as facts
            where not exists (select 1 from fact_consent_request as shown where shown.consent_request_key = facts.consent_request_key))
    union all
    select
        'fact_sharing_decision',
        (select count(*) from fact_sharing_decision),
        (select count(*) from decisions as facts
            inner join int_bi_members as members on members.person_id = facts.person_id
            where not exists (
                select 1 from fact_sharing_decision as shown where shown.person_key = members.person_key and shown.dataset = facts.dataset
            ))
    union all
    select
        'fact_cpis_access',
        (select coalesce(sum(count_accesses), 0) from fact_cpis_access),
        (select count(*) from int_bi_cpis_accesses as facts
            where not exists (
                select 1 from int_bi_fact_tiers as tiers
                where tiers.dataset = 'fact_cpis_access'
                    and tiers.row_key = concat_ws(':', facts.message_id, cast(facts.access_position as varchar), cast(facts.edition as varchar))
            ))
)

select
    stopped.dataset, stopped.rows_in, published.rows_out, stopped.out_of_scope, stopped.stopped + published.too_few as withheld
from stopped
inner join published on published.dataset = stopped.dataset
cross join int_bi_terms

-- grain: episode_key
-- reads: config.quasi_identifiers, int_bi_episodes, int_bi_fact_tiers
-- publishes to: bi/fact_episode
-- why: Episodes of care as they stood when the last whole period ended. What had to be given up is null.
with columns as (
    select
        max(position) filter (where column_name = 'kind') as kind,
        max(position) filter (where column_name = 'service_key') as service_key,
        max(position) filter (where column_name = 'team_id') as team_id,
        max(position) filter (where column_name = 'opened_on') as opened_on,
        max(position) filter (where column_name = 'closed_on') as closed_on
    from config.quasi_identifiers
    where dataset = 'fact_episode'
)

select
    facts.episode_key,
    facts.person_key,
    case when columns.kind > tiers.tier then facts.kind end as kind,
    case when columns.service_key > tiers.tier then facts.service_key end as service_key,
    case when columns.team_id > tiers.tier then facts.team_id end as team_id,
    case when columns.opened_on > tiers.tier then facts.opened_on end as opened_on,
    case when columns.closed_on > tiers.tier then facts.closed_on end as closed_on,
    facts.is_open,
    tiers.tier as count_given_up
from int_bi_episodes as facts
inner join int_bi_fact_tiers as tiers on tiers.dataset = 'fact_episode' and tiers.row_key = facts.episode_key
cross join columns

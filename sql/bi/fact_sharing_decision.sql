-- grain: dataset, person_key
-- reads: config.quasi_identifiers, decisions, int_bi_fact_tiers, int_bi_members
-- publishes to: bi/fact_sharing_decision
-- why: Whether each dataset of direct care may be shared about each person, and which gate says no. No health record stands
--   here, only that it may be seen or not. What had to be given up is null.
with columns as (
    select
        max(position) filter (where column_name = 'decision') as decision,
        max(position) filter (where column_name = 'gate') as gate,
        max(position) filter (where column_name = 'reason') as reason
    from config.quasi_identifiers
    where dataset = 'fact_sharing_decision'
)

select
    members.person_key,
    facts.dataset,
    case when columns.decision > tiers.tier then facts.decision end as decision,
    case when columns.gate > tiers.tier then facts.gate end as gate,
    case when columns.reason > tiers.tier then facts.reason end as reason,
    tiers.tier as count_given_up
from int_bi_members as members
inner join decisions as facts on facts.person_id = members.person_id
inner join int_bi_fact_tiers as tiers
    on tiers.dataset = 'fact_sharing_decision' and tiers.row_key = facts.dataset || ':' || members.person_key
cross join columns

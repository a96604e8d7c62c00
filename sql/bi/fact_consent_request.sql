-- grain: consent_request_key
-- reads: config.quasi_identifiers, int_bi_consent_requests, int_bi_fact_tiers
-- publishes to: bi/fact_consent_request
-- why: Each asking for consent, once for each dataset that it was about, with its answer. What had to be given up is null.
with columns as (
    select
        max(position) filter (where column_name = 'asked_on') as asked_on,
        max(position) filter (where column_name = 'answer') as answer,
        max(position) filter (where column_name = 'decided_by') as decided_by,
        max(position) filter (where column_name = 'way_of_asking') as way_of_asking,
        max(position) filter (where column_name = 'team_id') as team_id
    from config.quasi_identifiers
    where dataset = 'fact_consent_request'
)

select
    facts.consent_request_key,
    facts.person_key,
    facts.dataset,
    facts.direction,
    case when columns.asked_on > tiers.tier then facts.asked_on end as asked_on,
    case when columns.answer > tiers.tier then facts.answer end as answer,
    case when columns.decided_by > tiers.tier then facts.decided_by end as decided_by,
    case when columns.way_of_asking > tiers.tier then facts.way_of_asking end as way_of_asking,
    case when columns.team_id > tiers.tier then facts.team_id end as team_id,
    tiers.tier as count_given_up
from int_bi_consent_requests as facts
inner join int_bi_fact_tiers as tiers on tiers.dataset = 'fact_consent_request' and tiers.row_key = facts.consent_request_key
cross join columns

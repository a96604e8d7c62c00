-- grain: accessed_on, organisation_code
-- reads: config.quasi_identifiers, int_bi_cpis_accesses, int_bi_fact_tiers
-- publishes to: bi/fact_cpis_access
-- why: How often children known to CP-IS were seen in unscheduled care: numbers by place and period, none of fewer than k
--   children. What had to be given up is null.
with columns as (
    select
        max(position) filter (where column_name = 'accessed_on') as accessed_on,
        max(position) filter (where column_name = 'organisation_code') as organisation_code
    from config.quasi_identifiers
    where dataset = 'fact_cpis_access'
),

shown as (
    select
        facts.person_id,
        case when columns.accessed_on > tiers.tier then facts.accessed_on end as accessed_on,
        case when columns.organisation_code > tiers.tier then facts.organisation_code end as organisation_code
    from int_bi_cpis_accesses as facts
    inner join int_bi_fact_tiers as tiers
        on tiers.dataset = 'fact_cpis_access'
        and tiers.row_key = concat_ws(':', facts.message_id, cast(facts.access_position as varchar), cast(facts.edition as varchar))
    cross join columns
)

select accessed_on, organisation_code, count(*) as count_accesses, count(distinct person_id) as count_children
from shown
group by accessed_on, organisation_code

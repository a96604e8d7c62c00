-- grain: breakdown, category, measure
-- reads: extract.quarantine, rows_by_source
-- why: how many rows of each source could not be taken, and which rule they broke
-- numerator: rows quarantined, by source, table and rule
-- denominator: rows, lines or records that the source held
-- source: the counts and the quarantine that each extractor made while it read
-- known limits: rows, not people; a row that breaks several rules stands under the first
with by_rule as (
    select source, source || ', ' || table_name || ': ' || rule as category, count(*) as value
    from "extract".quarantine
    group by source, table_name, rule
),

final as (
    select 'source' as breakdown, source as category, cast(null as varchar) as within,
        'rows held' as measure, rows_in as value from rows_by_source
    union all
    select 'source', source, null, 'rows quarantined', quarantined from rows_by_source
    union all
    select 'rule', category, source, 'rows quarantined', value from by_rule
)

select breakdown, category, within, measure, cast(null as varchar) as part_of, value
from final

-- severity: block
-- grain: source, table_name
-- reads: config.extracted, extract.quarantine
-- why: every row that a source's count calls quarantined stands in the quarantine with its place
--   and its rule
with traced as (
    select source, table_name, count(*) as count_rows
    from "extract".quarantine
    where rule is not null
    group by source, table_name
)

select extracted.source, extracted.table_name
from config.extracted as extracted
left join traced on traced.source = extracted.source and traced.table_name = extracted.table_name
where extracted.quarantined > coalesce(traced.count_rows, 0)

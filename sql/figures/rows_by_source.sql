-- grain: source
-- reads: config.extracted
-- why: how many rows each source held, and how many of them were taken
-- numerator: rows taken, quarantined and merged
-- denominator: rows, lines or records that the source held
-- source: the counts that each extractor made while it read
-- known limits: a row of a file that is no record, such as a header, is not counted
select
    source,
    count(*) as count_tables,
    cast(sum(rows_in) as bigint) as rows_in,
    cast(sum(rows_out) as bigint) as rows_out,
    cast(sum(quarantined) as bigint) as quarantined,
    cast(sum(merged) as bigint) as merged
from config.extracted
group by source

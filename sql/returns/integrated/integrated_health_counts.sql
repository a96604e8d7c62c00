-- grain: kind, standard, table_name, data_item
-- reads: config.integrated_health_fields, int_integrated_activity
-- publishes to: returns/integrated_health_counts
-- why: What the integrated teams did and health counts, by the tables and data items of MHSDS v6
--   and CSDS v1.6 that would hold it: how many records, for how many of them a source here has the
--   item, and why the trust's own submission may differ. A team submits to one of the two
--   standards: add up the tables of one.
with counted as (
    select kind, count(*) as count_records
    from int_integrated_activity
    where counts_for_health
    group by kind
)

select
    fields.kind, fields.standard, fields.table_name, fields.data_item,
    coalesce(counted.count_records, 0) as count_records,
    case when fields.source is null then 0 else coalesce(counted.count_records, 0) end
        as count_with_source,
    fields.source, fields.difference
from config.integrated_health_fields as fields
left join counted on counted.kind = fields.kind

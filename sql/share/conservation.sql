-- grain: stage, source, table_name
-- reads: config.extracted, int_bi_accounts, int_dataset_sources, int_fates, int_published,
--   int_trace_receipts, stg_trace_responses
-- publishes to: audit/conservation
-- why: Every row accounted for: what came in is what went out, was withheld, is out of scope, was
--   quarantined or was merged.
with fates as (
    select
        dataset,
        sum(count_rows) filter (where fate = 'withheld') as withheld,
        sum(count_rows) filter (where fate = 'out_of_scope') as out_of_scope,
        sum(count_rows) filter (where fate = 'merged') as merged
    from int_fates
    group by dataset
),

published as (
    select dataset, sum(count_rows) as rows_out
    from int_published
    group by dataset
),

-- the trace's answers: taken now or in an earlier run, refused, or dated after the as-at time
answers as (
    select
        count(*) as rows_in,
        count(*) filter (where receipts.line is not null and receipts.refused_as is null)
            as rows_out,
        count(*) filter (where receipts.line is null) as out_of_scope,
        count(*) filter (where receipts.refused_as is not null) as quarantined
    from stg_trace_responses as responses
    left join int_trace_receipts as receipts
        on receipts.file_sha256 = responses.file_sha256 and receipts.line = responses.line
),

accounts as (
    select
        'extract' as stage, source, table_name, rows_in, rows_out,
        0 as withheld, 0 as out_of_scope, quarantined, merged
    from config.extracted
    union all
    select
        'resolve' as stage, 'trace' as source, 'responses' as table_name, rows_in, rows_out,
        0 as withheld, out_of_scope, quarantined, 0 as merged
    from answers
    union all
    select
        'share' as stage, sources.source, sources.dataset as table_name,
        sources.count_rows as rows_in, coalesce(published.rows_out, 0) as rows_out,
        coalesce(fates.withheld, 0) as withheld,
        coalesce(fates.out_of_scope, 0) as out_of_scope,
        0 as quarantined,
        coalesce(fates.merged, 0) as merged
    from int_dataset_sources as sources
    left join published on published.dataset = sources.dataset
    left join fates on fates.dataset = sources.dataset
    union all
    select
        'pseudonymise' as stage, 'council' as source, dataset as table_name, rows_in, rows_out,
        withheld, out_of_scope, 0 as quarantined, 0 as merged
    from int_bi_accounts
)

select
    stage, source, table_name,
    cast(rows_in as bigint) as rows_in,
    cast(rows_out as bigint) as rows_out,
    cast(withheld as bigint) as withheld,
    cast(out_of_scope as bigint) as out_of_scope,
    cast(quarantined as bigint) as quarantined,
    cast(merged as bigint) as merged,
    cast(rows_in - rows_out - withheld - out_of_scope - quarantined - merged as bigint)
        as difference
from accounts

-- grain: dataset
-- reads: decisions_by_reason, gate_in_agreement, int_published
-- why: one line a dataset: who may read it, and how many people and rows are shared and withheld
-- numerator: people and rows shared; people and rows withheld
-- denominator: all people of the case store
-- source: the published tables as they will leave, and the decisions
-- known limits: people shared counts decisions, of which some have no row to share
with published as (
    select dataset, count(*) as count_people_with_rows,
        cast(sum(count_rows) as bigint) as count_rows
    from int_published
    group by dataset
),

decided as (
    select
        dataset,
        cast(sum(count_people) filter (where decision = 'shared') as bigint) as count_people_shared,
        cast(sum(count_people) filter (where decision = 'withheld') as bigint)
            as count_people_withheld,
        cast(sum(count_people) filter (where decision = 'out_of_scope') as bigint)
            as count_people_out_of_scope,
        cast(sum(count_rows) filter (where decision = 'withheld') as bigint) as count_rows_withheld
    from decisions_by_reason
    group by dataset
)

select
    agreement.dataset,
    agreement.direction,
    agreement.audience,
    coalesce(decided.count_people_shared, 0) as count_people_shared,
    coalesce(published.count_people_with_rows, 0) as count_people_with_rows,
    coalesce(published.count_rows, 0) as count_rows_shared,
    coalesce(decided.count_people_withheld, 0) as count_people_withheld,
    coalesce(decided.count_rows_withheld, 0) as count_rows_withheld,
    coalesce(decided.count_people_out_of_scope, 0) as count_people_out_of_scope
from gate_in_agreement as agreement
left join decided on decided.dataset = agreement.dataset
left join published on published.dataset = agreement.dataset

-- severity: block
-- grain: dataset, person_id
-- reads: int_candidates, int_decisions, int_published
-- why: of each person a dataset holds as many rows as it had candidates, if the decision is shared,
--   and else none
with expected as (
    select candidates.dataset, candidates.person_id, candidates.count_rows
    from int_candidates as candidates
    inner join int_decisions as decisions
        on decisions.person_id = candidates.person_id and decisions.dataset = candidates.dataset
    where candidates.excluded_as is null and decisions.decision = 'shared'
),

published as (
    select dataset, person_id, sum(count_rows) as count_rows
    from int_published
    group by dataset, person_id
)

select
    coalesce(expected.dataset, published.dataset) as dataset,
    coalesce(expected.person_id, published.person_id) as person_id,
    expected.count_rows as count_expected,
    published.count_rows as count_published
from expected
full outer join published
    on published.dataset = expected.dataset and published.person_id = expected.person_id
where expected.count_rows is distinct from published.count_rows

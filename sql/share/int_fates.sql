-- grain: dataset, person_id, excluded_as
-- reads: decisions, int_candidates
-- why: What became of every candidate row: shared, withheld by a gate, out of scope, or merged into another. A row is
--   out of scope for what it is, for whom it is about, or because nobody here is its person.
with final as (
    select
        candidates.dataset,
        candidates.person_id,
        candidates.excluded_as,
        case
            when candidates.excluded_as = 'merged' then 'merged'
            when candidates.excluded_as is not null then 'out_of_scope'
            else coalesce(decisions.decision, 'out_of_scope')
        end as fate,
        case when candidates.excluded_as is null then coalesce(decisions.gate, '') else '' end as gate,
        coalesce(candidates.excluded_as, decisions.reason, 'no_person_here') as reason,
        candidates.count_rows
    from int_candidates as candidates
    left join decisions on decisions.person_id = candidates.person_id and decisions.dataset = candidates.dataset
)

select dataset, person_id, excluded_as, fate, gate, reason, count_rows
from final

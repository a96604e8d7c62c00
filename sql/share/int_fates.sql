-- grain: dataset, person_id, excluded_as
-- reads: decisions, int_candidates
-- why: What became of every candidate row: shared, withheld by a gate, out of scope, or merged into
--   another. A row is out of scope for what it is, for whom it is about, or because nobody here is
--   its person. A row of somebody who is shared is withheld by itself if a security label closes
--   it, or if it cannot be interpreted.
with candidates as (
    select
        dataset, person_id, excluded_as, count_rows,
        coalesce(excluded_as in (
            'security_label', 'security_label_unknown', 'patient_withheld', 'modifier_unknown',
            'status_unknown',
            'medicine_not_named', 'subpotent'
        ), false) as is_row_withheld
    from int_candidates
),

final as (
    select
        candidates.dataset,
        candidates.person_id,
        candidates.excluded_as,
        case
            when candidates.excluded_as = 'merged' then 'merged'
            when candidates.excluded_as is not null and not candidates.is_row_withheld
                then 'out_of_scope'
            when candidates.is_row_withheld and decisions.decision = 'shared' then 'withheld'
            else coalesce(decisions.decision, 'out_of_scope')
        end as fate,
        case
            when candidates.excluded_as is not null and not candidates.is_row_withheld then ''
            when candidates.is_row_withheld and decisions.decision = 'shared' then 'not_restricted'
            else coalesce(decisions.gate, '')
        end as gate,
        case
            when candidates.is_row_withheld and decisions.decision in ('withheld', 'out_of_scope')
                then decisions.reason
            else coalesce(candidates.excluded_as, decisions.reason, 'no_person_here')
        end as reason,
        candidates.count_rows
    from candidates
    left join decisions on decisions.person_id = candidates.person_id
        and decisions.dataset = candidates.dataset
)

select dataset, person_id, excluded_as, fate, gate, reason, count_rows
from final

-- grain: period_of_care_id, span
-- reads: int_ssda903_spans
-- why: The reason for a new episode: S started to be looked after, which is so after any day out of
--   care too; L only the legal status changed; P placement and carer, T the placement with the same
--   carer; B legal status, placement and carer, U legal status and placement with the same carer.
select
    period_of_care_id, span,
    case
        when is_first then 'S'
        when is_legal_change and is_placement_change and is_carer_change then 'B'
        when is_legal_change and is_placement_change then 'U'
        when is_legal_change then 'L'
        when is_carer_change then 'P'
        else 'T'
    end as rne
from int_ssda903_spans

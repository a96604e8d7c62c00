-- grain: period_of_care_id, span
-- reads: int_ssda903_spans
-- why: The reason for a placement change belongs to the episode that the change ended; a child who
--   goes to a temporary placement and comes back has changed no placement, so none is given around
--   codes T0 to T4.
select
    period_of_care_id, span,
    case
        when is_placement_change_next and next_started_on = ended_on
            and not starts_with(placement_type, 'T')
            and not starts_with(next_placement_type, 'T') then reason_for_placement_change
    end as reason_place_change
from int_ssda903_spans

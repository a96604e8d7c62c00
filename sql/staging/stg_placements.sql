-- grain: placement_id, split_number
-- reads: casestore.dm_placements
-- why: where a looked-after child was placed, and whether the placement ended in adoption
select
    placement_id,
    split_number,
    person_id,
    period_of_care_id,
    coalesce(upper(text_of(is_adopted)), 'N') = 'Y' as is_adopted,
    start_date as started_at,
    end_date as ended_at
from casestore.dm_placements

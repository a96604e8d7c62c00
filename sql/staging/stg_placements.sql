-- grain: placement_id, split_number
-- reads: casestore.dm_placements
-- why: where a looked-after child was placed and why that changed, and whether the placement ended in adoption
select
    placement_id,
    split_number,
    person_id,
    period_of_care_id,
    upper(text_of(placement_type)) as placement_type,
    upper(text_of(category_of_need)) as category_of_need,
    upper(text_of(reason_episode_ceased)) as reason_episode_ceased,
    upper(text_of(reason_for_placement_change)) as reason_for_placement_change,
    coalesce(upper(text_of(is_adopted)), 'N') = 'Y' as is_adopted,
    start_date as started_at,
    end_date as ended_at
from casestore.dm_placements

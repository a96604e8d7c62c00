-- grain: placement_id, split_number
-- reads: casestore.dm_periods_of_care, casestore.dm_placements
-- why: where a looked-after child was placed and why that changed, and whether the placement ended
--   in adoption. The last placement ends with its period of care: Mosaic writes that day, and on
--   the others the last day in
select
    placements.placement_id,
    placements.split_number,
    placements.person_id,
    placements.period_of_care_id,
    upper(text_of(placements.placement_type)) as placement_type,
    upper(text_of(placements.category_of_need)) as category_of_need,
    upper(text_of(placements.reason_episode_ceased)) as reason_episode_ceased,
    upper(text_of(placements.reason_for_placement_change)) as reason_for_placement_change,
    coalesce(upper(text_of(placements.is_adopted)), 'N') = 'Y' as is_adopted,
    placements.start_date as started_at,
    case
        when cast(placements.end_date as date) = cast(periods.end_date as date) + interval '1' day
            then periods.end_date
        else placements.end_date
    end as ended_at
from casestore.dm_placements as placements
left join casestore.dm_periods_of_care as periods
    on periods.period_of_care_id = placements.period_of_care_id

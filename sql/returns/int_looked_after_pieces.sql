-- grain: period_of_care_id, placement_id, placement_split_number, legal_status_id, started_on
-- reads: stg_cla_summaries, stg_legal_statuses, stg_placement_details, stg_placements
-- why: The stretches of every period of care by days, with the placement, its provider and the
--   legal status in force. A stretch that began and ended on one day is left out: a day counts as
--   what it ended as.
select
    summaries.person_id, summaries.period_of_care_id, summaries.placement_id,
    summaries.placement_split_number,
    summaries.legal_status_id, cast(summaries.started_at as date) as started_on,
    cast(summaries.ended_at as date) as ended_on,
    placements.placement_type, placements.category_of_need, placements.reason_episode_ceased,
    placements.reason_for_placement_change, statuses.legal_status, details.carer_id,
    details.ofsted_urn, details.provider_code
from stg_cla_summaries as summaries
left join stg_placements as placements
    on placements.placement_id = summaries.placement_id
        and placements.split_number = summaries.placement_split_number
left join stg_legal_statuses as statuses on statuses.legal_status_id = summaries.legal_status_id
left join stg_placement_details as details
    on details.element_detail_id = summaries.element_detail_id
        and details.split_number = summaries.service_split_number
where summaries.ended_at is null
    or cast(summaries.ended_at as date) <> cast(summaries.started_at as date)

-- grain: period_of_care_id, placement_id, placement_split_number, legal_status_id, started_at
-- reads: casestore.dm_cla_summaries
-- why: the stretches of a period of care in which neither placement nor legal status changed
select
    person_id,
    period_of_care_id,
    placement_id,
    placement_split_number,
    legal_status_id,
    element_detail_id,
    service_split_number,
    start_date as started_at,
    end_date as ended_at
from casestore.dm_cla_summaries

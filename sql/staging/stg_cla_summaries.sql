-- grain: period_of_care_id, placement_id, placement_split_number, legal_status_id, started_at
-- reads: casestore.dm_cla_summaries
-- why: the stretches of a period of care in which neither placement nor legal status changed; of one written twice, the row
--   that lasts longer
select
    person_id, period_of_care_id, placement_id, placement_split_number, legal_status_id, element_detail_id, service_split_number,
    started_at, ended_at
from (
    select
        person_id,
        period_of_care_id,
        placement_id,
        placement_split_number,
        legal_status_id,
        element_detail_id,
        service_split_number,
        start_date as started_at,
        end_date as ended_at,
        row_number() over (
            partition by period_of_care_id, placement_id, placement_split_number, legal_status_id, start_date
            order by end_date desc nulls first, element_detail_id nulls last, service_split_number nulls last, person_id
        ) as rank
    from casestore.dm_cla_summaries
) as written
where rank = 1

-- grain: period_of_care_id, placement_id, placement_split_number, legal_status_id, started_at
-- reads: casestore.dm_cla_summaries, casestore.dm_periods_of_care
-- why: the stretches of a period of care in which neither placement nor legal status changed; of
--   one written twice, the row that lasts longer. The last stretch ends with its period of care:
--   Mosaic writes that day, and on the others the last day in
with ranked as (
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
            partition by period_of_care_id, placement_id, placement_split_number, legal_status_id,
                start_date
            order by end_date desc nulls first, element_detail_id nulls last,
                service_split_number nulls last, person_id
        ) as rank
    from casestore.dm_cla_summaries
),

final as (
    select
        ranked.person_id, ranked.period_of_care_id, ranked.placement_id,
        ranked.placement_split_number, ranked.legal_status_id, ranked.element_detail_id,
        ranked.service_split_number, ranked.started_at,
        case
            when cast(ranked.ended_at as date) = cast(periods.end_date as date) + interval '1' day
                then periods.end_date
            else ranked.ended_at
        end as ended_at
    from ranked
    left join casestore.dm_periods_of_care as periods
        on periods.period_of_care_id = ranked.period_of_care_id
    where ranked.rank = 1
)

select
    person_id, period_of_care_id, placement_id, placement_split_number, legal_status_id,
    element_detail_id, service_split_number, started_at, ended_at
from final

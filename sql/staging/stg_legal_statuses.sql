-- grain: legal_status_id
-- reads: casestore.dm_legal_statuses, casestore.dm_periods_of_care
-- why: under which law a child is looked after, and when. The last status ends with its period of
--   care: Mosaic writes that day, and on the others the last day in
select
    statuses.legal_status_id,
    statuses.person_id,
    statuses.period_of_care_id,
    upper(text_of(statuses.legal_status)) as legal_status,
    statuses.start_date as started_at,
    case
        when cast(statuses.end_date as date) = cast(periods.end_date as date) + interval '1' day
            then periods.end_date
        else statuses.end_date
    end as ended_at
from casestore.dm_legal_statuses as statuses
left join casestore.dm_periods_of_care as periods
    on periods.period_of_care_id = statuses.period_of_care_id

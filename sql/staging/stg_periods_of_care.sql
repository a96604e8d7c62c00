-- grain: period_of_care_id
-- reads: casestore.dm_periods_of_care
-- why: periods of being looked after
select
    period_of_care_id,
    person_id,
    start_date as started_at,
    end_date as ended_at
from casestore.dm_periods_of_care

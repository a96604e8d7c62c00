-- grain: legal_status_id
-- reads: casestore.dm_legal_statuses
-- why: under which law a child is looked after, and when
select
    legal_status_id,
    person_id,
    period_of_care_id,
    upper(text_of(legal_status)) as legal_status,
    start_date as started_at,
    end_date as ended_at
from casestore.dm_legal_statuses

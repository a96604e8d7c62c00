-- grain: visit_id
-- reads: casestore.dm_visits
-- why: the council's own visits, planned and made
select
    visit_id,
    person_id,
    worker_id,
    text_of(visit_type) as visit_type,
    planned_datetime as planned_at,
    actual_datetime as made_at,
    coalesce(upper(trim(completed_flag)) = 'Y', false) as is_completed,
    coalesce(upper(text_of(seen_alone_flag)) = 'Y', false) as is_seen_alone
from casestore.dm_visits

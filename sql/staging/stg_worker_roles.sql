-- grain: worker_role_id
-- reads: casestore.dm_worker_roles
-- why: which team a worker belongs to, and when
select
    worker_role_id,
    worker_id,
    organisation_id,
    start_date as started_at,
    end_date as ended_at
from casestore.dm_worker_roles

-- grain: allocation_id
-- reads: casestore.dm_allocated_workers
-- why: which worker a person is allocated to, and when
select
    allocation_id,
    person_id,
    worker_id,
    start_date as started_at,
    end_date as ended_at
from casestore.dm_allocated_workers

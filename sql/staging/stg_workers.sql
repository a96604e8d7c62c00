-- grain: worker_id
-- reads: casestore.dm_workers
-- why: the workers
select
    worker_id,
    text_of(full_name) as full_name
from casestore.dm_workers

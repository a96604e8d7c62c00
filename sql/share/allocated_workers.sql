-- grain: person_id, worker_key
-- reads: int_allocated_workers_rows, int_shared
-- publishes to: direct-care/allocated_workers
-- why: Who of the council works with the person.
select
    shared.person_id, shared.nhs_number, work.worker_key, work.worker_id, work.worker_name, work.relationship, work.started_on
from int_allocated_workers_rows as work
inner join int_shared as shared on shared.person_id = work.person_id and shared.dataset = 'allocated_workers'
where work.excluded_as is null

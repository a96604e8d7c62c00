-- grain: person_id, started_on
-- reads: int_ssda903_children, stg_allocated_workers
-- why: One social worker at a time of each looked-after child: whoever of those allocated on a day
--   was allocated last. A worker who goes on is one span.
with allocations as (
    select person_id, worker_id, cast(started_at as date) as started_on,
        cast(ended_at as date) as ended_on, allocation_id
    from stg_allocated_workers
    where (ended_at is null or cast(ended_at as date) > cast(started_at as date))
        and person_id in (select person_id from int_ssda903_children)
),

days as (
    select person_id, started_on as day from allocations
    union
    select person_id, ended_on as day from allocations where ended_on is not null
),

stretches as (
    select person_id, day as started_on,
        lead(day) over (partition by person_id order by day) as ended_on
    from days
),

held as (
    select
        stretches.person_id, stretches.started_on, stretches.ended_on, allocations.worker_id,
        allocations.allocation_id,
        row_number() over (
            partition by stretches.person_id, stretches.started_on
            order by allocations.started_on desc, allocations.allocation_id desc
        ) as place
    from stretches
    inner join allocations
        on allocations.person_id = stretches.person_id
            and allocations.started_on <= stretches.started_on
        and (allocations.ended_on is null or allocations.ended_on > stretches.started_on)
),

marked as (
    select
        *,
        worker_id is distinct from lag(worker_id) over (partition by person_id order by started_on)
        or started_on is distinct from lag(ended_on)
            over (partition by person_id order by started_on) as is_new
    from held
    where place = 1
),

numbered as (
    select *, sum(case when is_new then 1 else 0 end)
        over (partition by person_id order by started_on rows unbounded preceding) as span
    from marked
)

select
    person_id, worker_id, min(started_on) as started_on,
    case when bool_and(ended_on is not null) then max(ended_on) end as ended_on,
        min(allocation_id) as allocation_id
from numbered
group by person_id, span, worker_id

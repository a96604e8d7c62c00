-- grain: person_id, source, source_id
-- reads: int_episodes
-- materialized: view
-- why: Every episode of care. One speaks for its kind: the first of the open ones, else the one
--   that ended last; the rest are merged into it.
with placed as (
    select
        person_id, source, source_id, kind, opened_at, closed_at, is_open,
        row_number() over (
            partition by person_id, kind
            order by
                is_open desc, case when is_open then opened_at end asc,
                closed_at desc nulls first, opened_at desc, source, source_id
        ) as rank
    from int_episodes
)

select
    person_id, source, source_id, kind, case when is_open then 'open' else 'closed' end as status,
    cast(opened_at as date) as opened_on, cast(closed_at as date) as closed_on,
    case when rank > 1 then 'merged' end as excluded_as
from placed

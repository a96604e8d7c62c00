-- grain: collection_year, person_id, sw_decom
-- reads: config.return_periods, int_ssda903_children, int_ssda903_worker_spans,
--   reference.social_workers, ssda903_header, stg_worker_roles
-- publishes to: returns/ssda903_sw_episodes
-- why: Who was the social worker of each child still looked after at the end of what is known of
--   the year, over the whole year. The reason is the first contact where nobody held the case in
--   the week before; that the worker before had left; that the case went to another team; or
--   another one. A worker without a professional registration is XX and their number.
with spans as (
    select
        *,
        lag(worker_id) over (partition by person_id order by started_on) as previous_worker_id,
        lag(ended_on) over (partition by person_id order by started_on) as previous_ended_on
    from int_ssda903_worker_spans
),

roles as (
    select
        worker_id,
        max_by(organisation_id, (coalesce(started_at, timestamp '1900-01-01'),
            worker_role_id)) filter (where organisation_id is not null) as team_id,
        case when bool_and(ended_at is not null) then max(cast(ended_at as date)) end as left_on
    from stg_worker_roles
    group by worker_id
)

select
    children.collection_year, children.person_id, children.child, header.dob,
    coalesce(registered.registration_number, 'XX' || cast(spans.worker_id as varchar)) as sw_id,
    spans.started_on as sw_decom,
    case when spans.ended_on <= periods.as_at then spans.ended_on end as sw_dec,
    case
        when spans.previous_ended_on is null
            or spans.previous_ended_on < spans.started_on - interval '7' day then 'FCONTA'
        when before.left_on <= spans.started_on then 'LEFTRL'
        when before.team_id is distinct from roles.team_id then 'TSPROC'
        else 'OTHERS'
    end as sw_reason,
    spans.worker_id, spans.allocation_id,
    row_number() over (partition by children.collection_year
        order by children.person_id, spans.started_on) as row_position
from int_ssda903_children as children
inner join config.return_periods as periods
    on periods.return_name = '903' and periods.year = children.collection_year
inner join spans
    on spans.person_id = children.person_id and spans.started_on <= periods.as_at
    and (spans.ended_on is null or spans.ended_on >= periods.starts_on)
inner join ssda903_header as header
    on header.collection_year = children.collection_year and header.person_id = children.person_id
left join roles on roles.worker_id = spans.worker_id
left join roles as before on before.worker_id = spans.previous_worker_id
left join reference.social_workers as registered on registered.worker_id = spans.worker_id
where children.is_in_care

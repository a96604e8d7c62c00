-- grain: collection_year, person_id, workflow_step_id
-- reads: config.return_periods, int_return_answers, int_ssda903_children, ssda903_header
-- publishes to: returns/ssda903_dolo
-- why: The orders that deprived a looked-after child of liberty at some time in the collection
--   year.
with orders as (
    select
        workflow_step_id, person_id,
        max(case when field = 'return_liberty_order_from' then answered_on end) as started_on,
        max(case when field = 'return_liberty_order_to' then answered_on end) as ended_on
    from int_return_answers
    where kind = 'deprivation_of_liberty'
    group by workflow_step_id, person_id
)

select
    children.collection_year, children.person_id, children.child, header.dob,
    orders.started_on as dolo_start,
    case when orders.ended_on <= periods.as_at then orders.ended_on end as dolo_end,
        orders.workflow_step_id,
    row_number() over (partition by children.collection_year
        order by children.person_id, orders.started_on, orders.workflow_step_id) as row_position
from int_ssda903_children as children
inner join config.return_periods as periods
    on periods.return_name = '903' and periods.year = children.collection_year
inner join orders
    on orders.person_id = children.person_id and orders.started_on <= periods.as_at
    and (orders.ended_on is null or orders.ended_on >= periods.starts_on)
inner join ssda903_header as header
    on header.collection_year = children.collection_year and header.person_id = children.person_id

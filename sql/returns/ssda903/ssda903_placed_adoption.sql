-- grain: collection_year, person_id, workflow_step_id
-- reads: config.return_periods, int_ssda903_children, ssda903_header, stg_adoption_plans
-- publishes to: returns/ssda903_placed_adoption
-- why: The decisions that a child should be placed for adoption which stood at some time in the
--   collection year, and where one was taken back, when and why.
select
    children.collection_year, children.person_id, children.child, header.dob,
    plans.decided_on as date_placed,
    case when plans.ceased_on <= periods.as_at then plans.ceased_on end as date_placed_ceased,
    case when plans.ceased_on is null or plans.ceased_on <= periods.as_at
        then plans.ceased_reason end as reason_placed_ceased,
    plans.workflow_step_id,
    row_number() over (partition by children.collection_year
        order by children.person_id, plans.decided_on, plans.workflow_step_id) as row_position
from int_ssda903_children as children
inner join config.return_periods as periods
    on periods.return_name = '903' and periods.year = children.collection_year
inner join stg_adoption_plans as plans
    on plans.person_id = children.person_id
        and (plans.decided_on is null or plans.decided_on <= periods.as_at)
    and (plans.ceased_on is null or plans.ceased_on >= periods.starts_on)
inner join ssda903_header as header
    on header.collection_year = children.collection_year and header.person_id = children.person_id

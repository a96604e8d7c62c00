-- grain: collection_year, person_id, workflow_step_id
-- reads: config.return_periods, int_return_steps, int_ssda903_children, ssda903_header
-- publishes to: returns/ssda903_reviews
-- why: Every review of a looked-after child in the collection year, and how the child took part. Of
--   children in short breaks alone none is asked.
select
    children.collection_year, children.person_id, children.child, header.dob,
    cast(steps.reviewed_at as date) as review, steps.review_participation as review_code,
    steps.workflow_step_id,
    row_number() over (partition by children.collection_year
        order by children.person_id, steps.reviewed_at, steps.workflow_step_id) as row_position
from int_return_steps as steps
inner join int_ssda903_children as children
    on children.person_id = steps.person_id and not children.is_only_short_breaks
inner join config.return_periods as periods
    on periods.return_name = '903' and periods.year = children.collection_year
    and cast(steps.reviewed_at as date) between periods.starts_on and periods.as_at
inner join ssda903_header as header
    on header.collection_year = children.collection_year and header.person_id = children.person_id
where steps.reviewed_at is not null and steps.step_status <> 'CANCELLED'

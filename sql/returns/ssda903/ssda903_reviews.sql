-- grain: collection_year, person_id, workflow_step_id
-- reads: casestore.dm_workflow_steps, config.return_periods, int_ssda903_children, ssda903_header, stg_subgroup_people
-- publishes to: returns/ssda903_reviews
-- why: Every review of a looked-after child in the collection year, and how the child took part. Of children in short breaks
--   alone none is asked.
select
    children.collection_year, children.person_id, children.child, header.dob,
    cast(steps.lac_review_date as date) as review, upper(text_of(steps.lac_review_participation_code)) as review_code,
    steps.workflow_step_id,
    row_number() over (partition by children.collection_year order by children.person_id, steps.lac_review_date, steps.workflow_step_id) as row_position
from casestore.dm_workflow_steps as steps
inner join stg_subgroup_people as subjects on subjects.subgroup_id = steps.subgroup_id
inner join int_ssda903_children as children on children.person_id = subjects.person_id and not children.is_only_short_breaks
inner join config.return_periods as periods
    on periods.return_name = '903' and periods.year = children.collection_year
    and cast(steps.lac_review_date as date) between periods.starts_on and periods.as_at
inner join ssda903_header as header on header.collection_year = children.collection_year and header.person_id = children.person_id
where steps.lac_review_date is not null and upper(steps.step_status) <> 'CANCELLED'

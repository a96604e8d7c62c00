-- grain: collection_year, person_id, workflow_step_id
-- reads: config.return_periods, int_return_answers, int_return_steps, int_ssda903_children,
--   ssda903_header
-- publishes to: returns/ssda903_missing
-- why: Every time that a looked-after child was missing (M) or away without leave (A) in the
--   collection year. One that goes on, or ended after the day up to which the year is known, has no
--   end.
with kinds as (
    select workflow_step_id, person_id, upper(text_answer) as kind
    from int_return_answers
    where field = 'return_missing_type'
)

select
    children.collection_year, children.person_id, children.child, header.dob,
    case kinds.kind when 'MISSING' then 'M' when 'AWAY' then 'A' else kinds.kind end as missing,
    cast(steps.started_at as date) as mis_start,
    case when cast(steps.completed_at as date) <= periods.as_at
        then cast(steps.completed_at as date) end as mis_end,
    steps.workflow_step_id,
    row_number() over (partition by children.collection_year
        order by children.person_id, steps.started_at, steps.workflow_step_id) as row_position
from int_return_steps as steps
inner join int_ssda903_children as children
    on children.person_id = steps.person_id and not children.is_only_short_breaks
inner join config.return_periods as periods
    on periods.return_name = '903' and periods.year = children.collection_year
        and cast(steps.started_at as date) <= periods.as_at
    and (steps.completed_at is null or cast(steps.completed_at as date) >= periods.starts_on)
inner join ssda903_header as header
    on header.collection_year = children.collection_year and header.person_id = children.person_id
left join kinds on kinds.workflow_step_id = steps.workflow_step_id
    and kinds.person_id = children.person_id
where steps.is_missing_or_absent and steps.step_status <> 'CANCELLED'
    and steps.started_at is not null

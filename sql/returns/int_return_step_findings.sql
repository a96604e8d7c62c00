-- grain: return_name, collection_year, rule_code, person_id, source_table, source_key, field
-- reads: config.adopter_steps, config.cin_plan_steps, config.cld_steps, config.early_help_steps,
--   config.return_periods, config.return_steps, int_return_steps, int_ssda903_children
-- why: Steps of which a return cannot be sure, in each return that tells of such steps: one without
--   a known status is told by its dates (no-status), one that is under way or done but began on no
--   known day can be told in none (no-start).
with unsure as (
    select
        *,
        is_continuous_assessment or is_section_47_enquiry
            or coalesce(conference_category in ('INITIAL', 'REVIEW'), false)
        or workflow_step_type_id
            in (select workflow_step_type_id from config.cin_plan_steps) as is_in_need,
        step_status in ('STARTED', 'REOPENED', 'COMPLETED')
            and started_at is null as is_without_start
    from int_return_steps
    where not is_status_known or started_at is null
        and step_status in ('STARTED', 'REOPENED', 'COMPLETED')
),

told as (
    select *, 'cin' as return_name from unsure where is_in_need
    union all
    select *, 'annex-a' from unsure
    where is_in_need or is_child_contact
        or workflow_step_type_id in (select workflow_step_type_id from config.early_help_steps)
        or workflow_step_type_id in (select workflow_step_type_id from config.adopter_steps)
    union all
    select *, 'cld' from unsure
    where workflow_step_type_id in (select workflow_step_type_id from config.cld_steps)
    union all
    select *, '903' from unsure
    where (is_missing_or_absent or reviewed_at is not null
        or workflow_step_type_id in (select workflow_step_type_id from config.return_steps))
),

in_period as (
    select told.*, periods.year as collection_year
    from told
    inner join config.return_periods as periods
        on periods.return_name = told.return_name
        and coalesce(cast(coalesce(told.started_at, told.reviewed_at, told.incoming_at)
            as date) <= periods.ends_on, true)
        and coalesce(cast(coalesce(told.cancelled_at, told.completed_at)
            as date) >= periods.starts_on, true)
    where told.return_name <> '903'
        or (told.person_id, periods.year)
            in (select person_id, collection_year from int_ssda903_children)
),

found as (
    select return_name, collection_year, 'no-status' as rule_code, person_id, workflow_step_id,
        'step_status' as field
    from in_period
    where not is_status_known
    union all
    select return_name, collection_year, 'no-start', person_id, workflow_step_id, 'started_on'
    from in_period
    where is_without_start and reviewed_at is null
)

select
    return_name, collection_year, rule_code, person_id,
    cast(workflow_step_id as varchar) as event_reference, 'dm_workflow_steps' as source_table,
    cast(workflow_step_id as varchar) as source_key, field, cast(1 as bigint) as rows_affected
from found

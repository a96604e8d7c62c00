-- grain: collection_year, rule_code, person_id, source_table, source_key, field
-- reads: config.return_periods, config.settings, int_cin_activities, int_people, int_return_steps
-- why: what no rule of the census can find because it is not in the census: work with a child
--   outside every referral, and assessments and enquiries that were completed on no known day
with periods as (
    select year as collection_year, starts_on, ends_on from config.return_periods
    where return_name = 'cin'
),

undated as (
    select steps.person_id, steps.workflow_step_id, cast(steps.started_at as date) as started_on
    from int_return_steps as steps
    cross join config.settings as settings
    inner join int_people as known on known.person_id = steps.person_id
    where steps.step_status = 'COMPLETED' and steps.completed_at is null
        and steps.started_at <= settings.as_at_local
        and (steps.is_continuous_assessment or steps.is_section_47_enquiry)
),

found as (
    select periods.collection_year, activities.person_id, activities.source_table,
        activities.source_id, 'no-referral' as rule_code, activities.kind as field
    from int_cin_activities as activities
    inner join periods on activities.started_on between periods.starts_on and periods.ends_on
    where activities.referral_id is null
    union all
    select periods.collection_year, undated.person_id, 'dm_workflow_steps',
        undated.workflow_step_id, 'no-end-date', 'completed_on'
    from undated
    inner join periods on undated.started_on between periods.starts_on and periods.ends_on
)

select
    'cin' as return_name, collection_year, rule_code, person_id,
    cast(source_id as varchar) as event_reference, source_table,
    cast(source_id as varchar) as source_key, field, cast(1 as bigint) as rows_affected
from found

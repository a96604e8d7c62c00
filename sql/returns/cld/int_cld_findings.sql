-- grain: return_name, collection_year, rule_code, person_id, source_table, source_key, field
-- reads: cld_failed_fields, config.return_periods, int_cld_candidates, int_cld_events,
--   int_cld_steps, cld_events
-- why: What is wrong with the adults' submission, one line a cause: what is wrong with a person's
--   own record once for all the person's events, everything else by the step whose form is to be
--   mended; then the events that DHSC would take for the same one, dates that contradict each
--   other, and steps that could be no event.
with periods as (
    select year as collection_year, starts_on, ends_on from config.return_periods
    where return_name = 'cld'
),

failed as (
    select
        collection_year,
        case
            when field = 'nhs_number' and result_code = -1 then 'CLD-N'
            when result_code = -1 then 'CLD-1' when result_code = -2 then 'CLD-2'
                when result_code = -7 then 'CLD-7' else 'CLD-3'
        end as rule_code,
        person_id, event_reference, field,
        coalesce(source_table, 'dm_workflow_steps') as source_table,
        case
            when source_table in ('dm_persons', 'dm_addresses', 'dm_personal_relationships')
                then cast(person_id as varchar)
            when source_table = 'config' then 'returns.authority_number'
            else cast(workflow_step_id as varchar)
        end as source_key
    from cld_failed_fields
),

duplicates as (
    select
        collection_year, 'CLD-11' as rule_code, person_id, sent_reference as event_reference,
        cast(null as varchar) as field,
        'dm_workflow_steps' as source_table, cast(workflow_step_id as varchar) as source_key
    from int_cld_candidates
    where place > 1
),

backwards as (
    select
        periods.collection_year, 'CLD-13' as rule_code, events.person_id, events.event_reference,
        'event_end_date' as field,
        'dm_workflow_steps' as source_table, cast(events.workflow_step_id as varchar) as source_key
    from int_cld_events as events
    inner join periods
        on events.ended_on between periods.starts_on and periods.ends_on
    where events.started_on > events.ended_on
),

minors as (
    select
        collection_year, 'CLD-15' as rule_code, person_id, event_reference,
        'date_of_birth' as field,
        'dm_persons' as source_table, cast(person_id as varchar) as source_key
    from cld_events
    where age_in_years(date_of_birth, coalesce(event_end_date, reporting_period_end_date)) < 18
),

not_events as (
    select
        periods.collection_year,
        case steps.left_out_as when 'undated' then 'CLD-12'
            when 'after_death' then 'CLD-14' else 'CLD-18' end as rule_code,
        steps.person_id, cast(steps.workflow_step_id as varchar) as event_reference,
        case steps.left_out_as when 'undated' then 'event_end_date'
            when 'after_death' then 'event_start_date' end as field,
        case steps.left_out_as when 'person_not_read' then 'dm_persons' else 'dm_workflow_steps' end
            as source_table,
        case
            when steps.left_out_as = 'person_not_read'
                then cast(steps.person_id as varchar) else cast(steps.workflow_step_id as varchar)
        end as source_key
    from int_cld_steps as steps
    inner join periods on coalesce(steps.started_on, periods.starts_on) <= periods.ends_on
        and coalesce(steps.ended_on, steps.started_on) >= periods.starts_on
    where steps.left_out_as in ('after_death', 'person_not_read') or steps.left_out_as = 'undated'
        and steps.started_on is not null
),

without_services as (
    select
        periods.collection_year, 'CLD-17' as rule_code, steps.person_id,
        cast(steps.workflow_step_id as varchar) as event_reference,
        'service_type' as field, 'dm_workflow_steps' as source_table,
        cast(steps.workflow_step_id as varchar) as source_key
    from int_cld_steps as steps
    inner join periods
        on steps.started_on <= periods.ends_on
            and coalesce(steps.ended_on >= periods.starts_on, true)
    left join int_cld_events as events
        on events.workflow_step_id = steps.workflow_step_id and events.person_id = steps.person_id
    where steps.event_type = 'Service' and steps.left_out_as is null
        and events.event_reference is null
),

found as (
    select collection_year, rule_code, person_id, event_reference, field, source_table, source_key
    from failed
    union all
    select collection_year, rule_code, person_id, event_reference, field, source_table, source_key
    from duplicates
    union all
    select collection_year, rule_code, person_id, event_reference, field, source_table, source_key
    from backwards
    union all
    select collection_year, rule_code, person_id, event_reference, field, source_table, source_key
    from minors
    union all
    select collection_year, rule_code, person_id, event_reference, field, source_table, source_key
    from not_events
    union all
    select collection_year, rule_code, person_id, event_reference, field, source_table, source_key
    from without_services
)

select
    'cld' as return_name, collection_year, rule_code, person_id,
    min(event_reference) as event_reference, source_table,
    source_key, field, count(*) as rows_affected
from found
group by collection_year, rule_code, person_id, source_table, source_key, field

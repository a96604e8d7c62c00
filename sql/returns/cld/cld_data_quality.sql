-- grain: collection_year, module, data_field, field_status, dq_test_result, checked_against
-- reads: config.cld_fields, int_cld_field_results
-- publishes to: returns/cld_data_quality
-- why: The data quality of the submission in the modules, statuses and results of DHSC's own
--   dashboard, so that a council sees before it submits what it would be shown afterwards. Which
--   events are behind a line, cld_failed_fields lists.
with counted as (
    select collection_year, field_position, status, result, count(*) as count_rows
    from int_cld_field_results
    group by collection_year, field_position, status, result
),

named as (
    select
        counted.collection_year, fields.module, fields.data_field,
        case counted.status
            when 2 then 'Mandatory' when 1 then 'Applicable but not mandatory'
                when 0 then 'Not applicable' else 'Undetermined'
        end as field_status,
        case
            when counted.result >= 1 then 'Passed: Valid'
            when counted.result = 0 then 'Passed: Blank (Not Mandatory)'
            when counted.result = -1 then 'Failed: Blank (Mandatory)'
            when counted.result between -6 and -2 then 'Failed: Invalid'
            when counted.result = -7 then 'Failed: Release 1'
            else 'Not judged: list not known'
        end as dq_test_result,
        fields.list_known as checked_against, counted.status as status_code, counted.result,
        counted.count_rows, fields.position as field_position
    from counted
    inner join config.cld_fields as fields on fields.position = counted.field_position
)

select
    collection_year, module, data_field, field_status, dq_test_result, checked_against, status_code,
    min(result) as result_code, cast(sum(count_rows) as bigint) as count_rows, field_position
from named
group by collection_year, module, data_field, field_status, dq_test_result, checked_against,
    status_code, field_position

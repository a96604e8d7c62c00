-- grain: collection_year, row_position, data_field
-- reads: cld_events, config.cld_fields, int_cld_field_results
-- publishes to: returns/cld_failed_fields
-- why: The events behind every failure of the data quality table, by their references and not only
--   as a number.
select
    results.collection_year, results.row_position, events.event_reference, events.person_id,
    events.workflow_step_id,
    fields.module, fields.data_field, fields.field, fields.source_table,
    results.result as result_code
from int_cld_field_results as results
inner join config.cld_fields as fields on fields.position = results.field_position
inner join cld_events as events
    on events.collection_year = results.collection_year
        and events.row_position = results.row_position
where results.result < 0

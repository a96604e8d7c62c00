-- grain: return_name, collection_year, rule_code, person_id, source_table, source_key
-- reads: int_ssda903_child_findings, int_ssda903_episode_findings, int_ssda903_story_findings,
--   int_ssda903_year_findings
-- why: What the rules of the looked-after children's return find, all families of rules together.
select
    '903' as return_name, collection_year, rule_code, person_id,
    cast(null as varchar) as event_reference, source_table, source_key, field, rows_affected
from (
    select collection_year, rule_code, person_id, source_table, source_key, field, rows_affected
    from int_ssda903_episode_findings
    union all
    select collection_year, rule_code, person_id, source_table, source_key, field, rows_affected
    from int_ssda903_child_findings
    union all
    select collection_year, rule_code, person_id, source_table, source_key, field, rows_affected
    from int_ssda903_story_findings
    union all
    select collection_year, rule_code, person_id, source_table, source_key, field, rows_affected
    from int_ssda903_year_findings
) as found

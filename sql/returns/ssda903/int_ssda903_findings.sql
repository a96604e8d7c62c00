-- grain: return_name, collection_year, rule_code, person_id, source_table, source_key, field
-- reads: ssda903_header
-- why: What the rules of the looked-after children's return find, all families of rules together.
select
    '903' as return_name, collection_year, '442' as rule_code, person_id, cast(null as varchar) as event_reference,
    'dm_persons' as source_table, cast(person_id as varchar) as source_key, 'UPN' as field, cast(1 as bigint) as rows_affected
from ssda903_header
where upn is null

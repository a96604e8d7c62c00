-- What changed in a return since the last snapshot, a row for each field of what is altered. $1 is
-- the return, $2 the collection year. Names of people are said to differ and are not repeated.
with changes as (
    select
        position, replace(change, '_', ' ') as change, person_id, began_on, values_before,
        values_now,
        unnest(case when fields is null then [null] else string_split(fields, ', ') end) as field
    from return_changes
    where return_name = $1 and collection_year = $2
)

select
    change, cast(person_id as varchar), coalesce(cast(began_on as varchar), ''),
    coalesce(field, ''),
    case when list_contains(json_keys(values_now), field)
        then coalesce(json_extract_string(values_before, '$."' || field || '"'), '')
        when field is null then '' else 'a name' end,
    case when list_contains(json_keys(values_now), field)
        then coalesce(json_extract_string(values_now, '$."' || field || '"'), '')
        when field is null then '' else 'another name' end
from changes
order by change, person_id, began_on, position, field

-- grain: return_name, collection_year, position
-- reads: config.return_names, config.return_periods, earlier.return_periods, earlier.return_rows,
--   return_rows
-- publishes to: returns/return_changes
-- why: What a data manager signs off: of each return and collection year that the last snapshot
--   held too, who came and went, and the rows that did or that say something else now. Changed
--   fields are named with what they said before and now, names of people excepted.
with years as (
    select periods.return_name, periods.year as collection_year
    from config.return_periods as periods
    inner join earlier.return_periods as before
        on before.return_name = periods.return_name and before.collection_year = periods.year
    where exists (select 1 from earlier.return_rows) -- a snapshot of an older careshare held none
),

new as (
    select rows.return_name, rows.collection_year, rows.list, rows.person_id, rows.row_key,
        rows.began_on, rows.details
    from return_rows as rows
    inner join years on years.return_name = rows.return_name
        and years.collection_year = rows.collection_year
),

old as (
    select rows.return_name, rows.collection_year, rows.list, rows.person_id, rows.row_key,
        rows.began_on, rows.details
    from earlier.return_rows as rows
    inner join years on years.return_name = rows.return_name
        and years.collection_year = rows.collection_year
),

differ as (
    select
        coalesce(new.return_name, old.return_name) as return_name,
        coalesce(new.collection_year, old.collection_year) as collection_year,
        coalesce(new.list, old.list) as list, coalesce(new.person_id, old.person_id) as person_id,
        coalesce(new.row_key, old.row_key) as row_key,
        coalesce(new.began_on, old.began_on) as began_on,
        case when old.list is null then 'added'
            when new.list is null then 'dropped' else 'altered' end as change,
        new.details as new_details, old.details as old_details
    from new
    full join old
        on old.return_name = new.return_name and old.collection_year = new.collection_year
            and old.list = new.list
        and old.person_id = new.person_id and old.row_key = new.row_key
    where new.details is distinct from old.details
),

altered as (
    select
        return_name, collection_year, list || '_' || change as change, person_id, row_key, began_on,
        new_details, old_details,
        case when change = 'altered' then list_filter(json_keys(new_details),
            lambda field: list_contains(json_keys(old_details), field)
                and json_extract_string(new_details, '$."' || field || '"')
                    is distinct from json_extract_string(old_details, '$."' || field || '"')) end
                        as fields
    from differ
),

-- a name is said to differ and is not repeated
names as (select list(field) as fields from config.return_names),

changes as (
    select
        altered.return_name, altered.collection_year, altered.change, altered.person_id,
        altered.row_key, altered.began_on, altered.old_details, altered.new_details, altered.fields,
        list_filter(altered.fields, lambda field: not list_contains(names.fields, field)) as shown
    from altered
    cross join names
    where altered.fields is distinct from []
)

select
    return_name, collection_year,
    row_number() over (partition by return_name, collection_year
        order by person_id, change, began_on, row_key) as position,
    change, person_id, began_on, array_to_string(fields, ', ') as fields,
    cast(to_json(map_from_entries(list_transform(shown,
        lambda field: {'k': field, 'v': json_extract_string(old_details, '$."' || field || '"')})))
            as varchar) as values_before,
    cast(to_json(map_from_entries(list_transform(shown,
        lambda field: {'k': field, 'v': json_extract_string(new_details, '$."' || field || '"')})))
            as varchar) as values_now
from changes

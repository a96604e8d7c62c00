-- What changed since a return was submitted, a row for each field of what is altered: the rows of
-- those files against the rows of the files as they are now. $1 is the window's first day, $2 the
-- day as at which it is known. What had ended before the window is no longer told, and so not
-- missed; what was open then may have ended.
with known as (
    select
        rows.is_submitted, files.name, files.return_name = 'cin' as is_sparse,
        files.began is not null as is_dated, files.with_end, files.left_out,
        files.ended as end_heading,
        case when files.months is null
            then cast($1 as date) else cast(cast($2 as date) - to_months(files.months)
            + interval 1 day as date) end as told_from,
        json_extract_string(rows.details, '$."' || files.person || '"') as person,
        array_to_string(list_transform(string_split(files.row_key, '|'),
            lambda heading: coalesce(json_extract_string(rows.details, '$."' || heading || '"'),
                '')), '|')
        || case when json_extract_string(rows.details, '$."Event Type"') <> 'Service'
            then coalesce(json_extract_string(rows.details, '$."Event End Date"'), '') else '' end
                as row_key,
        json_extract_string(rows.details, '$."' || files.began || '"') as began,
        json_extract_string(rows.details, '$."' || files.ended || '"') as ended,
        coalesce(json_extract_string(rows.details, '$.ReferralNFA'),
            json_extract_string(rows.details, '$.ICPCnotRequired')) in ('1', 'true') as is_over,
        rows.details
    from config.return_file_rows as rows
    inner join config.return_files as files on files.file = rows.file
),

dated as (
    select
        is_submitted, name, is_sparse, is_dated, with_end, left_out, end_heading, told_from, person,
        details, ended,
        row_key || '|' || row_number()
            over (partition by is_submitted, name, person, row_key order by details) as row_key,
        coalesce(try_strptime(began, '%d/%m/%Y'), try_strptime(began, '%Y-%m-%d')) as began_on,
        coalesce(try_strptime(ended, '%d/%m/%Y'), try_strptime(ended, '%Y-%m-%d'),
            case when is_over then coalesce(try_strptime(began, '%d/%m/%Y'),
                try_strptime(began, '%Y-%m-%d')) end) as ended_on
    from known
),

now as (select * from dated where not is_submitted),

submitted as (select * from dated where is_submitted),

still_told as (select * from submitted
    where is_dated and (ended_on is null or ended_on >= told_from)),

both_told as (
    select
        now.name, now.person, now.row_key, now.began_on, now.details,
        submitted.details as submitted_details,
        -- a table's heading that the submitted one had not yet is no change; an element of the
        -- message that one of them leaves out is
        list_filter(list_distinct(list_concat(json_keys(now.details),
            json_keys(submitted.details))),
            lambda heading: (now.is_sparse or list_contains(json_keys(now.details), heading)
                and list_contains(json_keys(submitted.details), heading))
            and not list_contains(string_split(coalesce(now.left_out, ''), '|'), heading)
            and (submitted.ended is not null
                or heading is distinct from now.end_heading
                    and not list_contains(string_split(coalesce(now.with_end, ''), '|'), heading)))
                    as headings
    from now
    inner join submitted on submitted.name = now.name and submitted.person = now.person
        and submitted.row_key = now.row_key
    where now.details <> submitted.details
),

altered as (
    select
        name || ' altered' as change, person, row_key, began_on, unnest(headings) as heading,
        details, submitted_details
    from both_told
),

changes as (
    select 'people added' as change, person, cast(null as varchar) as row_key,
        cast(null as timestamp) as began_on,
        cast(null as varchar) as field, cast(null as varchar) as value_before,
        cast(null as varchar) as value_now
    from (select distinct person from now except select person from submitted)
    union all
    select 'people dropped who should still be told', person, null, null, null, null, null
    from (select distinct person from still_told except select person from now)
    union all
    select name || ' added' || case
        when began_on < cast($1 as date) then ' that began before the window' else '' end, person,
        row_key, began_on, null, null, null
    from now
    where is_dated
        and not exists (select 1 from submitted
            where submitted.name = now.name and submitted.person = now.person
            and submitted.row_key = now.row_key)
    union all
    select name || ' dropped that should still be told', person, row_key, began_on, null, null, null
    from still_told
    where not exists (select 1 from now
        where now.name = still_told.name and now.person = still_told.person
        and now.row_key = still_told.row_key)
    union all
    select change, person, row_key, began_on, heading,
        json_extract_string(submitted_details, '$."' || heading || '"'),
        json_extract_string(details, '$."' || heading || '"')
    from altered
    where json_extract_string(details,
        '$."' || heading || '"') is distinct from json_extract_string(submitted_details,
        '$."' || heading || '"')
)

select
    changes.change, changes.person, changes.row_key, cast(changes.began_on as date) as began_on,
    changes.field,
    case when names.field is null then changes.value_before
        when changes.value_before is not null then 'a name' end as value_before,
    case when names.field is null then changes.value_now
        when changes.value_now is not null then 'another name' end as value_now
from changes
left join config.return_names as names on names.field = changes.field

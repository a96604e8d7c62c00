-- grain: return_name, collection_year, rule_code, person_id, source_table, source_key, field
-- reads: annex_a_list_6, annex_a_list_8, config.annex_a_answers, config.annex_a_columns,
--   config.annex_a_orders, int_annex_a_census_differences, int_annex_a_people,
--   int_annex_a_ssda903_differences, return_rows
-- why: What inspectors would ask about the lists: cells that a list demands and that are blank,
--   answers for which annex_a_answers.csv has none of Ofsted's words, dates out of order, open work
--   that nobody has, and rows that tell something else than the census or the return of
--   looked-after children. What is blank of a person is one line, however many lists the person
--   stands in; what each list demands is in annex_a_columns.csv, and which date comes first in
--   annex_a_orders.csv.
with listed as (
    select collection_year, list, person_id, row_key, details
    from return_rows
    where return_name = 'annex-a'
),

blank as (
    select
        listed.collection_year, case
            when columns.source_table = 'dm_persons' then 'AA-1' else 'AA-2' end as rule_code,
            listed.person_id,
        columns.source_table, case
            when columns.source_table = 'dm_persons'
            then cast(listed.person_id as varchar) else listed.row_key end as source_key,
        columns.heading as field
    from listed
    inner join config.annex_a_columns as columns
        on replace(listed.list, '_row', '') = replace(columns.dataset, 'annex_a_', '')
            and columns.required is not null
    where json_extract_string(listed.details, '$.' || columns.field) is null
        and (columns.required = 'always'
            or json_extract_string(listed.details, '$.' || columns.required) is not null)
),

asked as (
    select listed.collection_year, listed.person_id, listed.row_key, columns.source_table,
        columns.heading, columns.answers,
        json_extract_string(listed.details, '$.' || columns.field) as code
    from listed
    inner join config.annex_a_columns as columns
        on replace(listed.list, '_row', '') = replace(columns.dataset, 'annex_a_', '')
            and columns.answers is not null
),

unworded as (
    select
        asked.collection_year, 'AA-7' as rule_code, asked.person_id, asked.source_table,
        case when asked.source_table = 'dm_persons'
            then cast(asked.person_id as varchar) else asked.row_key end as source_key,
        asked.heading as field
    from asked
    left join config.annex_a_answers as answers
        on answers.answers = asked.answers and lower(answers.code) = lower(asked.code)
    where asked.code is not null and answers.code is null
),

backwards as (
    select listed.collection_year, 'AA-3' as rule_code, listed.person_id, orders.source_table,
        listed.row_key as source_key, orders.heading as field
    from listed
    inner join config.annex_a_orders as orders on orders.list = listed.list
    where json_extract_string(listed.details,
        '$.' || orders.later) < json_extract_string(listed.details, '$.' || orders.earlier)
),

cases as (
    select collection_year, person_id from annex_a_list_6 where closed_on is null
    union all
    select collection_year, person_id from annex_a_list_8 where ended_on is null
),

unallocated as (
    select cases.collection_year, 'AA-4' as rule_code, cases.person_id,
        'dm_persons' as source_table,
        cast(cases.person_id as varchar) as source_key, 'Allocated Worker' as field
    from cases
    inner join int_annex_a_people as people
        on people.collection_year = cases.collection_year and people.person_id = cases.person_id
    where not people.is_allocated
),

disagree as (
    select
        collection_year, 'AA-5' as rule_code, person_id,
        case list when 7 then 'dm_registrations' when 4 then 'dm_workflow_steps'
            when 5 then 'dm_workflow_steps' else 'dm_cin_referrals' end as source_table,
        cast(source_key as varchar) as source_key, 'List ' || list as field
    from int_annex_a_census_differences
    union all
    select
        collection_year, 'AA-6', person_id,
        case list when 8 then 'dm_periods_of_care' else 'dm_persons' end,
        cast(source_key as varchar), 'List ' || list
    from int_annex_a_ssda903_differences
),

found as (
    select collection_year, rule_code, person_id, source_table, source_key, field from blank
    union all
    select collection_year, rule_code, person_id, source_table, source_key, field from backwards
    union all
    select collection_year, rule_code, person_id, source_table, source_key, field from unallocated
    union all
    select collection_year, rule_code, person_id, source_table, source_key, field from unworded
    union all
    select collection_year, rule_code, person_id, source_table, source_key, field from disagree
)

select
    'annex-a' as return_name, collection_year, rule_code, person_id, source_key as event_reference,
    source_table, source_key, field, count(*) as rows_affected
from found
group by collection_year, rule_code, person_id, source_table, source_key, field

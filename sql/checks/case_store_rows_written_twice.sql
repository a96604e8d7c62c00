-- severity: warn
-- grain: table_name, row_key
-- reads: casestore.dm_cla_summaries, casestore.dm_former_looked_after,
--   casestore.dm_placement_carer_addresses, casestore.dm_registration_categories,
--   casestore.dm_service_user_groups
-- why: what the case store holds one row of, and wrote twice: one of them counts (the staging model
--   says which), both stay in the raw zone, and somebody should take one out. Rows of a table with
--   an id are merged or quarantined before
with written as (
    select 'dm_registration_categories' as table_name,
        concat_ws(',', cast(registration_id as varchar), cast(category_id as varchar),
        cast(category_start_date as varchar)) as row_key
    from casestore.dm_registration_categories
    union all
    select
        'dm_cla_summaries',
        concat_ws(
            ',', cast(period_of_care_id as varchar), cast(placement_id as varchar),
            cast(placement_split_number as varchar),
            cast(legal_status_id as varchar), cast(start_date as varchar)
        )
    from casestore.dm_cla_summaries
    union all
    select 'dm_placement_carer_addresses',
        concat_ws(',', cast(carer_id as varchar), cast(start_date as varchar))
    from casestore.dm_placement_carer_addresses
    union all
    select 'dm_service_user_groups',
        concat_ws(',', cast(person_id as varchar), text_of(full_group_type),
        cast(start_date as varchar))
    from casestore.dm_service_user_groups
    union all
    select 'dm_former_looked_after',
        concat_ws(',', cast(person_id as varchar), cast(cast(date_of_situation as date) as varchar))
    from casestore.dm_former_looked_after
)

select table_name, row_key
from written
group by table_name, row_key
having count(*) > 1

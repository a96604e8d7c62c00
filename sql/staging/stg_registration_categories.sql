-- grain: registration_id, category_id, started_at
-- reads: casestore.dm_registration_categories
-- why: the categories of abuse of a registration, one after the other; of one written twice, the
--   row that lasts longer
select registration_id, category_id, started_at, ended_at, category
from (
    select
        registration_id,
        category_id,
        category_start_date as started_at,
        category_end_date as ended_at,
        upper(text_of(cin_abuse_category_code)) as category,
        row_number() over (
            partition by registration_id, category_id, category_start_date
            order by category_end_date desc nulls first, cin_abuse_category_code nulls last
        ) as rank
    from casestore.dm_registration_categories
) as written
where rank = 1

-- grain: registration_id, category_id, started_at
-- reads: casestore.dm_registration_categories
-- why: the categories of abuse of a registration, one after the other
select
    registration_id,
    category_id,
    category_start_date as started_at,
    category_end_date as ended_at,
    upper(text_of(cin_abuse_category_code)) as category
from casestore.dm_registration_categories

-- grain: person_id, group_type, started_at
-- reads: casestore.dm_service_user_groups
-- why: the groups of service users to which a person belongs, from which the primary need is read;
--   of one written twice, the row that lasts longer
select
    person_id,
    text_of(full_group_type) as group_type,
    start_date as started_at,
    case when count(end_date) = count(*) then max(end_date) end as ended_at
from casestore.dm_service_user_groups
group by person_id, text_of(full_group_type), start_date

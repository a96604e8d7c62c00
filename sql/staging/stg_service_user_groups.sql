-- grain: person_id, group_type, started_at
-- reads: casestore.dm_service_user_groups
-- why: the groups of service users to which a person belongs, from which the primary need is read
select
    person_id,
    text_of(full_group_type) as group_type,
    start_date as started_at,
    end_date as ended_at
from casestore.dm_service_user_groups

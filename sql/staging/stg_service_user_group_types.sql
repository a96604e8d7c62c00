-- grain: group_type
-- reads: casestore.dm_serv_user_group_types
-- why: which primary need code a service user group stands for
select
    text_of(group_type) as group_type,
    upper(text_of(need_code_category_code)) as need_code
from casestore.dm_serv_user_group_types

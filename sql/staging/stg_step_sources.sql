-- grain: workflow_step_id, source_type_id
-- reads: casestore.dm_step_source_details, casestore.dm_step_source_types
-- why: who brought a step about, in words
select distinct
    details.workflow_step_id,
    details.source_type_id,
    text_of(types.description) as source
from casestore.dm_step_source_details as details
left join casestore.dm_step_source_types as types on types.source_type_id = details.source_type_id

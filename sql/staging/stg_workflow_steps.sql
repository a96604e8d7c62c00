-- grain: workflow_step_id
-- reads: casestore.dm_workflow_steps
-- why: the steps of casework, from which episodes of care and consent requests are read
select
    workflow_step_id,
    workflow_step_type_id,
    subgroup_id,
    upper(text_of(step_status)) as step_status,
    incoming_on as incoming_at,
    started_on as started_at,
    completed_on as completed_at,
    cancelled_on as cancelled_at,
    assignee_id,
    responsible_team_id
from casestore.dm_workflow_steps

-- grain: workflow_step_id, subsequent_workflow_step_id
-- reads: casestore.dm_workflow_forwards
-- why: which steps came of a step
select distinct
    workflow_step_id,
    subsequent_workflow_step_id
from casestore.dm_workflow_forwards

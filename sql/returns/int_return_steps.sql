-- grain: workflow_step_id, person_id
-- reads: stg_subgroup_people, stg_workflow_steps
-- why: The steps of casework, once for each person whom they are about: what every return that tells of steps begins with.
select
    steps.workflow_step_id, people.person_id, steps.workflow_step_type_id, steps.step_status, steps.incoming_at, steps.started_at,
    steps.completed_at, steps.cancelled_at, steps.assignee_id, steps.responsible_team_id, steps.is_section_47_enquiry,
    steps.is_continuous_assessment, steps.is_child_contact, steps.is_missing_or_absent, steps.strategy_discussed_at, steps.conference_at,
    steps.conference_category, steps.reviewed_at, steps.review_participation
from stg_workflow_steps as steps
inner join stg_subgroup_people as people on people.subgroup_id = steps.subgroup_id

-- grain: workflow_step_id, person_id
-- reads: stg_subgroup_people, stg_workflow_steps
-- why: The steps of casework, once for each person whom they are about: what every return that
--   tells of steps begins with. A step whose status is blank, or no word of the case store's,
--   stands as its dates tell, so that no return loses it, and is a finding.
with steps as (
    select *, coalesce(step_status
        in ('INCOMING', 'PROPOSED', 'STARTED', 'REOPENED', 'COMPLETED', 'CANCELLED'), false)
        as is_status_known
    from stg_workflow_steps
)

select
    steps.workflow_step_id, people.person_id, steps.workflow_step_type_id, steps.is_status_known,
    case
        when steps.is_status_known then steps.step_status
        when steps.cancelled_at is not null then 'CANCELLED'
        when steps.completed_at is not null then 'COMPLETED'
        when steps.started_at is not null then 'STARTED'
        else 'INCOMING'
    end as step_status,
    steps.incoming_at, steps.started_at, steps.completed_at, steps.cancelled_at, steps.assignee_id,
    steps.responsible_team_id, steps.is_section_47_enquiry, steps.is_continuous_assessment,
    steps.is_child_contact, steps.is_missing_or_absent,
    steps.strategy_discussed_at, steps.conference_at, steps.conference_category, steps.reviewed_at,
    steps.review_participation
from steps
inner join stg_subgroup_people as people on people.subgroup_id = steps.subgroup_id

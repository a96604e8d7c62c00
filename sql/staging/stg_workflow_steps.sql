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
    responsible_team_id,
    coalesce(upper(text_of(is_section_47_enquiry)), 'N') = 'Y' as is_section_47_enquiry,
    coalesce(upper(text_of(is_continuous_assessment)), 'N') = 'Y' as is_continuous_assessment,
    coalesce(upper(text_of(is_child_contact)), 'N') = 'Y' as is_child_contact,
    strategy_discussion_date as strategy_discussed_at,
    cp_conference_actual_date as conference_at,
    upper(text_of(cp_conference_category)) as conference_category,
    coalesce(upper(text_of(is_missing_or_absent)), 'N') = 'Y' as is_missing_or_absent,
    lac_review_date as reviewed_at,
    upper(text_of(lac_review_participation_code)) as review_participation
from casestore.dm_workflow_steps

-- grain: workflow_step_id, person_id
-- reads: casestore.dm_workflow_steps_people_vw
-- why: the council's decisions that a child be placed for adoption, matched, or no longer be placed
select
    workflow_step_id,
    person_id,
    cast(adoption_best_interest_date as date) as decided_on,
    cast(adoption_match_date as date) as matched_on,
    cast(adoption_plan_date_ceased as date) as ceased_on,
    upper(text_of(adoption_plan_reason_cat_code)) as ceased_reason
from casestore.dm_workflow_steps_people_vw
where adoption_best_interest_date is not null or adoption_plan_date_ceased is not null

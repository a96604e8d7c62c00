-- grain: collection_year, workflow_step_id, person_id
-- reads: int_cin_counted
-- publishes to: returns/cin_need_plans
-- why: child in need plans of a census
select collection_year, person_id, referral_id, source_id as workflow_step_id, started_on, ended_on
from int_cin_counted
where kind = 'need_plan'

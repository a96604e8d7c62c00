-- grain: collection_year, workflow_step_id, person_id
-- reads: int_cin_counted
-- publishes to: returns/cin_assessments
-- why: child and family assessments of a census: authorised when completed
select
    collection_year, person_id, referral_id, source_id as workflow_step_id,
    row_number() over (partition by collection_year, referral_id order by started_on, source_id)
        as position,
    started_on, ended_on as authorised_on
from int_cin_counted
where kind = 'assessment'

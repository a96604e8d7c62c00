-- grain: collection_year, workflow_step_id, person_id, position
-- reads: cin_assessments, stg_assessment_factors
-- publishes to: returns/cin_assessment_factors
-- why: what the assessments of a census found; before an assessment is authorised its factors are
--   nobody's
select
    assessments.collection_year,
    assessments.person_id,
    assessments.workflow_step_id,
    factors.position,
    factors.factor
from cin_assessments as assessments
inner join stg_assessment_factors as factors
    on factors.workflow_step_id = assessments.workflow_step_id
where assessments.authorised_on is not null and factors.factor is not null

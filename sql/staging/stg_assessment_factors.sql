-- grain: workflow_step_id, position
-- reads: casestore.dm_cin_assess_factors
-- why: what an assessment found; the table has no key of its own, and a factor written twice is a
--   mistake to be found
select
    assessment_id as workflow_step_id,
    row_number() over (partition by assessment_id order by upper(text_of(factor_value)))
        as position,
    upper(text_of(factor_value)) as factor
from casestore.dm_cin_assess_factors

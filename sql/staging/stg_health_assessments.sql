-- grain: health_id
-- reads: casestore.dm_health_assessments
-- why: the health assessments of looked-after children, with the strengths and difficulties
--   questionnaire
select
    health_id,
    person_id,
    cast(health_assessment_date as date) as assessed_on,
    coalesce(upper(text_of(sdq_completed)), 'N') = 'Y' as is_sdq_completed,
    sdq_score,
    upper(text_of(sdq_reason)) as sdq_reason
from casestore.dm_health_assessments

-- severity: warn
-- grain: workflow_step_id
-- reads: accessible_information_candidates
-- why: a need that names nobody, in a step about several people or none, is shared for nobody;
--   somebody must say whose it is
select distinct workflow_step_id
from accessible_information_candidates
where excluded_as = 'subject_unclear'

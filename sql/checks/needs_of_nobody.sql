-- severity: warn
-- grain: workflow_step_id
-- reads: int_accessible_information_rows
-- why: a need that names nobody, in a step about several people or none, is shared for nobody; somebody must say whose
--   it is
select distinct workflow_step_id
from int_accessible_information_rows
where excluded_as = 'subject_unclear'

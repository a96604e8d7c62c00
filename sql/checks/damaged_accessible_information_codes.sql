-- severity: warn
-- grain: person_id, workflow_step_id
-- reads: gate_in_episode, accessible_information_candidates
-- why: a need whose code fails its check digit cannot be shared; somebody must record it again, or
--   it will not be met
select needs.person_id, needs.workflow_step_id
from accessible_information_candidates as needs
inner join gate_in_episode as episode on episode.person_id = needs.person_id and episode.is_open
where needs.excluded_as = 'damaged_code'

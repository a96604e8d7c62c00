-- severity: warn
-- grain: person_id
-- reads: gate_in_episode, int_nhs_numbers
-- why: somebody in an episode of care whose NHS number is in conflict is shared with nobody until a
--   person has looked
select numbers.person_id
from int_nhs_numbers as numbers
inner join gate_in_episode as episode on episode.person_id = numbers.person_id and episode.is_open
where numbers.standing = 'conflict'

-- grain: person_id, team_id
-- reads: int_allocated_teams_rows, int_shared
-- publishes to: direct-care/allocated_teams
-- why: Which of the council's teams health staff can ring about the person.
select shared.person_id, shared.nhs_number, teams.team_id, teams.team_name, teams.allocated_from
from int_allocated_teams_rows as teams
inner join int_shared as shared on shared.person_id = teams.person_id and shared.dataset = 'allocated_teams'
where teams.excluded_as is null

-- grain: team_id
-- reads: stg_organisations
-- publishes to: bi/dim_team
-- why: The council's teams by name.
select organisation_id as team_id, name as team_name
from stg_organisations
where name is not null

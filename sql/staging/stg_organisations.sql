-- grain: organisation_id
-- reads: casestore.dm_organisations
-- why: the teams
select
    organisation_id,
    text_of(name) as name
from casestore.dm_organisations

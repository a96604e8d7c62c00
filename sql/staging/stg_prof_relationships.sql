-- grain: prof_relationship_id
-- reads: casestore.dm_prof_relationships
-- why: which worker is what to a person
select
    prof_relationship_id,
    person_id,
    worker_id,
    text_of(prof_rel_type_code) as prof_rel_type_code,
    start_date as started_at,
    end_date as ended_at
from casestore.dm_prof_relationships

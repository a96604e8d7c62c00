-- grain: prof_rel_type_code
-- reads: casestore.dm_prof_rel_types
-- why: the words for professional relationships
select
    text_of(prof_rel_type_code) as prof_rel_type_code,
    text_of(description) as description
from casestore.dm_prof_rel_types

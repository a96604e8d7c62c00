-- grain: personal_rel_type_id
-- reads: casestore.dm_personal_rel_types
-- why: the words for personal relationships
select
    personal_rel_type_id,
    text_of(description) as description
from casestore.dm_personal_rel_types

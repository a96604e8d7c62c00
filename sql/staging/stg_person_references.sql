-- grain: reference_id
-- reads: casestore.dm_person_references
-- why: the numbers and reasons by which others know a person
select
    reference_id,
    person_id,
    text_of(reference_type) as reference_type,
    text_of(reference) as reference
from casestore.dm_person_references

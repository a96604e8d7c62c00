-- grain: personal_relationship_id
-- reads: casestore.dm_personal_relationships
-- why: who is what to whom among the people of the case store
select
    personal_relationship_id,
    person_id,
    personal_rel_type_id,
    other_person_id,
    start_date as started_at,
    end_date as ended_at,
    coalesce(upper(text_of(parental_responsibility)), 'N') = 'Y' as has_parental_responsibility,
    coalesce(upper(text_of(is_informal_carer)), 'N') = 'Y' as is_informal_carer
from casestore.dm_personal_relationships

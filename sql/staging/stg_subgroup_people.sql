-- grain: subgroup_id, person_id
-- reads: casestore.dm_subgroup_subjects
-- why: the people whom a step is about; a step may be about several
select distinct
    subgroup_id,
    subject_compound_id as person_id
from casestore.dm_subgroup_subjects
where upper(text_of(subject_type_code)) = 'PER'

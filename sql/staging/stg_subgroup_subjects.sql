-- grain: subgroup_id, subject_id, subject_type
-- reads: casestore.dm_subgroup_subjects
-- why: everything that a group names, by the case store's type; a type that is not an organisation
--   or another group may be a person
select distinct
    subgroup_id,
    subject_compound_id as subject_id,
    upper(text_of(subject_type_code)) as subject_type,
    coalesce(upper(text_of(subject_type_code)) not in ('ORG', 'GRP', 'GRO'), true) as may_be_person
from casestore.dm_subgroup_subjects

-- grain: disability_id
-- reads: casestore.dm_disabilities
-- why: disabilities, by the codes of the children in need census
select
    disability_id,
    person_id,
    upper(text_of(cin_disability_category_code)) as disability
from casestore.dm_disabilities

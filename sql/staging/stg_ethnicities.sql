-- grain: ethnicity_code
-- reads: casestore.dm_ethnicities
-- why: the council's codes of ethnicity, with those of the national children's returns
select
    text_of(ethnicity_code) as ethnicity_code,
    text_of(ethnicity_description) as description,
    upper(text_of(cin_ethnicity_code)) as cin_ethnicity_code
from casestore.dm_ethnicities

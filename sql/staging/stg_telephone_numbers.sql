-- grain: telephone_number_id, person_id
-- reads: casestore.dm_telephone_numbers
-- why: how people can be reached
select
    telephone_number_id,
    person_id,
    text_of(telephone_number) as telephone_number,
    text_of(telephone_number_type) as telephone_number_type
from casestore.dm_telephone_numbers

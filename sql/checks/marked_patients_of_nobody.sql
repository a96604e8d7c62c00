-- severity: block
-- grain: sender, patient_id
-- reads: int_marked_patients
-- why: a Patient carries the sender's mark of a restricted record, and nothing in it says whose:
--   its NHS number is damaged and it has no birth date, so that the person would be shared. Ask the
--   sender to mend the number
select sender, patient_id
from int_marked_patients
where person_id is null

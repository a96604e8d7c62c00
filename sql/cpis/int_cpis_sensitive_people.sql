-- grain: person_id
-- reads: int_cpis_record_answers
-- why: People whose record the NHS calls sensitive when CP-IS is told of them (CPR02): nothing of
--   theirs is shared.
select distinct person_id from int_cpis_record_answers where record_code = 'CPR02'

-- severity: warn
-- reads: cpis_uploads
-- why: no answer to an upload within the set time is an alarm, not a success
select distinct sequence_number from cpis_uploads where answer = 'overdue'

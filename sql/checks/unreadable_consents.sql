-- severity: warn
-- grain: record
-- reads: int_unread_consents
-- why: a row that cannot be read and may hold a refusal closes sharing for the people it may
--   concern, until it is fixed; the review list names the record and the people
select distinct record
from int_unread_consents
where person_id is not null

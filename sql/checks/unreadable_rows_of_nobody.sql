-- severity: block
-- grain: table_name, line
-- reads: int_unread_consents, int_unread_restrictions, stg_unread_rows
-- why: a row that cannot be read may hold a refusal or a restriction, and nothing in it says about
--   whom: everybody might be shared who refused. Fix the row at its source; the quarantine has its
--   place
select rows_read.table_name, rows_read.file, rows_read.line, rows_read.record
from stg_unread_rows as rows_read
where rows_read.record in (
    select record from int_unread_consents where person_id is null
    union all
    select record from int_unread_restrictions where person_id is null
)

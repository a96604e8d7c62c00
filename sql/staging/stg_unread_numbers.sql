-- grain: source, position, nhs_number
-- reads: extract.unread_values
-- why: the NHS numbers that can still be read in rows that the run could not take
select distinct source, position, lpad(value, 10, '0') as nhs_number
from "extract".unread_values
where column_name in ('nhs_number', 'nhs_id', 'matched_nhs_no') and value is not null

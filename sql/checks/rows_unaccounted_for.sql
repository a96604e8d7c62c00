-- severity: block
-- grain: stage, source, table_name
-- reads: conservation
-- why: every row that came in went out, was withheld, is out of scope, was quarantined or was
--   merged; no count is below 0
select stage, source, table_name, difference
from conservation
where difference <> 0 or least(rows_in, rows_out, withheld, out_of_scope, quarantined, merged) < 0

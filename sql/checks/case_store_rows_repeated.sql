-- severity: warn
-- grain: table_name
-- reads: config.extracted
-- why: rows that the case store holds more than once, equal to the last column, count once;
--   somebody should find out why they are repeated
select table_name, merged as count_repeated
from config.extracted
where source = 'casestore' and merged > 0

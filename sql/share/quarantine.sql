-- grain: position
-- reads: extract.quarantine
-- publishes to: audit/quarantine
-- why: Every row that could not be taken, with its place and the rule it broke, so that it can be
--   mended at its source.
select
    row_number() over (order by source, table_name, file, line, key, column_name, rule, raw_sha256)
        as position,
    source, table_name, file, line, key, column_name, rule, raw_sha256
from "extract".quarantine

-- grain: return_name, collection_year
-- reads: config.return_periods
-- publishes to: returns/return_periods
-- why: Which windows the returns of this snapshot cover, and up to which day each was known.
select return_name, year as collection_year, starts_on, ends_on, as_at, is_current
from config.return_periods

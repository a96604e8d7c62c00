-- grain: collection_year
-- reads: config.return_periods
-- why: the windows of the inspectors' lists, which end on the day as at which the lists are asked
--   for: six months for what was done, twelve for how often
select
    year as collection_year,
    as_at,
    cast(as_at - interval '6' month + interval '1' day as date) as six_months_from,
    cast(as_at - interval '12' month + interval '1' day as date) as twelve_months_from
from config.return_periods
where return_name = 'annex-a'

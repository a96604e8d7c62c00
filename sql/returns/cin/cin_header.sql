-- grain: collection_year
-- reads: config.return_authority, config.return_periods
-- publishes to: returns/cin_header
-- why: what each census says of itself: its year, its reference date and the authority that submits
--   it
select
    periods.year as collection_year,
    periods.ends_on as reference_date,
    authority.authority_number
from config.return_periods as periods
cross join config.return_authority as authority
where periods.return_name = 'cin'

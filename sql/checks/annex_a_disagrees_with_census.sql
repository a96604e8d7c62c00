-- severity: warn
-- grain: collection_year, list, source_key
-- reads: int_annex_a_census_differences
-- why: what the inspectors' lists and the census of children in need both tell as at one day is the
--   same; each difference is a finding of Annex A as well
select distinct collection_year, list, source_key
from int_annex_a_census_differences

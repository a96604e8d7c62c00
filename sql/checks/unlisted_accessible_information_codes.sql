-- severity: warn
-- reads: accessible_information
-- why: a need whose code this program has no words for is shared as a bare code; the list of codes
--   should learn it
select distinct need_type, code
from accessible_information
where display is null

-- severity: warn
-- grain: file
-- reads: cpis_acknowledgements
-- why: an answer that contradicts what was sent changes nothing until somebody has looked
select distinct file
from cpis_acknowledgements
where standing not in ('accepted', 'duplicate', 'before_this_program', 'no_longer_kept',
    'upload_not_read')

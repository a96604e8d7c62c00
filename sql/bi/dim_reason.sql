-- grain: reason
-- reads: config.reasons
-- publishes to: bi/dim_reason
-- why: The reasons of decisions in plain words.
select reason, words
from config.reasons
where not starts_with(reason, 'cpis_')

-- grain: dataset, column_name
-- reads: config.dictionary
-- publishes to: bi/data_dictionary
-- why: What each column of BI's datasets means, since when and for how long it is promised, and by
--   which models it comes about.
select
    dataset, position, column_name, type, is_nullable, meaning, unit, version, since,
    deprecated_since, remove_on, use_instead,
    given_up_as, made_from, made_through, sources, description
from config.dictionary

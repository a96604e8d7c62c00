-- grain: figure, breakdown, category, measure
-- reads: consent_asked, cpis_accesses, cpis_children, cpis_closures, cpis_due, cpis_first_looks,
--   cpis_upload_failures, data_quality, data_quality_trend, integrated_activity,
--   integrated_records_by_field, nhs_number_standing, open_episodes, open_episodes_by_month,
--   sharing, source_freshness, visits_together
-- why: Every figure of the managers' pack, one number a row, before anything is hidden. A category
--   adds up, with the others within the same one, to the category that it is within; a measure adds
--   up, with the others that are part of the same one, to that measure. Numbers of people and of
--   what happened to them are held to the rule for small numbers.
select 'open_episodes' as figure, breakdown, category, within, measure, part_of, value,
    true as is_about_people
from open_episodes
union all
select 'open_episodes_by_month', breakdown, category, within, measure, part_of, value, true
from open_episodes_by_month
union all
select 'consent_asked', breakdown, category, within, measure, part_of, value, true
from consent_asked
union all
select 'sharing', breakdown, category, within, measure, part_of, value, true
from sharing
union all
select 'nhs_number_standing', breakdown, category, within, measure, part_of, value, true
from nhs_number_standing
union all
select 'visits_together', breakdown, category, within, measure, part_of, value, true
from visits_together
union all
select 'integrated_records_by_field', breakdown, category, within, measure, part_of, value, true
from integrated_records_by_field
union all
select 'integrated_activity', breakdown, category, within, measure, part_of, value, true
from integrated_activity
union all
select 'cpis_children', breakdown, category, within, measure, part_of, value, true
from cpis_children
union all
select 'cpis_upload_failures', breakdown, category, within, measure, part_of, value, true
from cpis_upload_failures
union all
select 'cpis_accesses', breakdown, category, within, measure, part_of, value, true
from cpis_accesses
union all
select 'cpis_first_looks', breakdown, category, within, measure, part_of, value, true
from cpis_first_looks
union all
select 'cpis_closures', breakdown, category, within, measure, part_of, value, true
from cpis_closures
union all
select 'cpis_due', breakdown, category, within, measure, part_of, value, true
from cpis_due
union all
select 'data_quality', breakdown, category, within, measure, part_of, value, false
from data_quality
union all
select 'data_quality_trend', breakdown, category, within, measure, part_of, value, false
from data_quality_trend
union all
select 'source_freshness', breakdown, category, within, measure, part_of, value, false
from source_freshness

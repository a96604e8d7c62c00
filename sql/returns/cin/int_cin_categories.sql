-- grain: registration_id, started_on
-- reads: stg_registration_categories
-- why: The category of abuse of a plan from a day on. Two that began on one day are MUL, which the
--   census takes and calls not recommended: none of them is the main one. If one of a day has no
--   code, the day's category is blank, and not the one before it.
select
    registration_id,
    cast(started_at as date) as started_on,
    case
        when count(category) < count(*) then null
        when min(category) <> max(category) then 'MUL'
        else min(category)
    end as category
from stg_registration_categories
group by registration_id, cast(started_at as date)

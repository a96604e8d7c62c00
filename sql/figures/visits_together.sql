-- grain: breakdown, category, measure
-- reads: visits_same_afternoon_candidates
-- why: for how many people health and social care plan a visit on the same afternoon of the next
--   fourteen days, so that the visits can be put together
-- numerator: people for whom both have planned a visit on the same afternoon
-- denominator: none: it is a count
-- source: the council's planned visits, and those planned by health services whose sharing every
--   gate allows
-- known limits: only people whose health visits may be shared are counted, each once a day, so days
--   do not add up to the whole; the list is in direct-care/visits_same_afternoon
select
    'all' as breakdown, 'all' as category, cast(null as varchar) as within, 'people' as measure,
    cast(null as varchar) as part_of, count(distinct person_id) as value
from visits_same_afternoon_candidates
union all
select 'day', cast(visit_on as varchar), cast(null as varchar), 'people', cast(null as varchar),
    count(distinct person_id)
from visits_same_afternoon_candidates
group by visit_on

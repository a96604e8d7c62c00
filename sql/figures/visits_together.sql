-- grain: breakdown, category, measure
-- reads: int_visits_same_afternoon
-- why: how often health and social care plan to visit the same person on the same afternoon of the next fourteen days, so
--   that the visits can be put together
-- numerator: afternoons of one person on which both have planned a visit
-- denominator: none: it is a count
-- source: the council's planned visits, and those planned by health services whose sharing every gate allows
-- known limits: only people whose health visits may be shared are counted; the list is in direct-care/visits_same_afternoon
with afternoons as (
    select distinct person_id, visit_on from int_visits_same_afternoon
)

select
    'all' as breakdown, 'all' as category, cast(null as varchar) as within, 'afternoons' as measure,
    cast(null as varchar) as part_of, count(*) as value
from afternoons
union all
select 'day', strftime(visit_on, '%Y-%m-%d'), 'all', 'afternoons', cast(null as varchar), count(*)
from afternoons
group by visit_on

-- grain: breakdown, category, measure
-- reads: int_cpis_children_counted
-- why: what is open, and what is open too long
-- numerator: children with a follow-up past its due time; with open follow-ups of which none is
--   past it
-- denominator: children with an open follow-up
-- source: cpis_follow_ups
-- known limits: a child with several open matters counts once
select breakdown, category, within, measure, part_of, value
from int_cpis_children_counted
where question = 'due'

-- grain: breakdown, category, measure
-- reads: int_cpis_children_counted
-- why: how soon follow-ups were closed with an outcome
-- numerator: children of whom every matter was closed in time; of whom one was closed late; of whom
--   one is open
-- denominator: children with a follow-up of the 28 days before the as-at moment
-- source: cpis_follow_ups, whose states are the case store's workflow steps
-- known limits: a child with several matters counts once, under the worst; in time is by the due
--   time of the matter's severity
select breakdown, category, within, measure, part_of, value
from int_cpis_children_counted
where question = 'closure'

-- grain: breakdown, category, measure
-- reads: int_cpis_children_counted
-- why: how soon somebody looked after the council was told that a child was seen in unscheduled
--   care
-- numerator: children of whom every matter was looked at within a day; of whom one was looked at
--   later; of whom one was not yet looked at
-- denominator: children with a follow-up of the 28 days before the as-at moment
-- source: cpis_follow_ups, whose states are the case store's workflow steps
-- known limits: a child with several matters counts once, under the slowest; hours are of the
--   clock, not of work; a child nobody knows counts by number
select breakdown, category, within, measure, part_of, value
from int_cpis_children_counted
where question = 'first look'

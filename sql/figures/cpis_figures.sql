-- grain: figure, first_label, second_label, third_label
-- reads: cpis_accesses_by_place, cpis_failures_by_age, cpis_follow_up_times, cpis_matched,
--   cpis_open_follow_ups
-- publishes to: cpis/cpis_figures
-- why: The figures of CP-IS in one tidy table, each defined in a model of its own.
-- numerator: as the figure's own model says
-- denominator: as the figure's own model says
-- source: the models read
-- known limits: as the figure's own model says
select
    'matched' as figure, label as first_label, '' as second_label, '' as third_label, numerator,
    denominator,
    cast(value as double) as value, 'percent' as unit, cast(95 as double) as line
from cpis_matched
union all
select
    'failures' as figure, area as first_label, reason as second_label, age as third_label,
    numerator, null as denominator,
    cast(numerator as double) as value, 'failures' as unit, null as line
from cpis_failures_by_age
union all
select
    'accesses' as figure, place as first_label, lpad(cast(hour as varchar), 2, '0') as second_label,
    '' as third_label, numerator,
    null as denominator, cast(numerator as double) as value, 'accesses' as unit, null as line
from cpis_accesses_by_place
union all
select
    measure as figure, cast(custodian_worker_id as varchar) as first_label,
    cast(team_id as varchar) as second_label, '' as third_label,
    null as numerator, denominator, cast(value as double) as value, 'median hours' as unit,
    null as line
from cpis_follow_up_times
union all
select
    'open_beyond_due' as figure, cast(custodian_worker_id as varchar) as first_label,
    severity as second_label, '' as third_label,
    numerator, denominator, cast(numerator as double) as value, 'follow-ups' as unit, null as line
from cpis_open_follow_ups

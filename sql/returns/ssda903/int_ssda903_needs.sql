-- grain: period_of_care_id, span
-- reads: int_ssda903_spans
-- why: The category of need is that for which the child started to be looked after; it holds until
--   care ends.
select spans.period_of_care_id, spans.span, started.category_of_need as cin
from int_ssda903_spans as spans
inner join int_ssda903_spans as started
    on started.period_of_care_id = spans.period_of_care_id and started.span = spans.first_span

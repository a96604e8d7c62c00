-- grain: period_of_care_id
-- reads: int_ssda903_spans
-- why: The category of need is that for which the child started to be looked after; it holds for the whole period of care.
select period_of_care_id, category_of_need as cin
from int_ssda903_spans
where is_first

-- grain: period_of_care_id
-- reads: config.ssda903_codes, int_ssda903_spans
-- why: Which periods of care are short breaks (V3, V4): of these neither postcodes nor a provider's
--   number are asked.
select spans.period_of_care_id, bool_and(codes.code is not null) as is_short_break
from int_ssda903_spans as spans
left join config.ssda903_codes as codes
    on codes.field = 'short_break' and codes.code = spans.legal_status
group by spans.period_of_care_id

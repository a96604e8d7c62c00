-- severity: warn
-- grain: file, line
-- reads: config.settings, int_trace_receipts
-- why: an answer of the trace service that nobody asked for, or that names two people, is refused
--   when it comes; the dataset trace_answers says which and why
select receipts.file, receipts.line
from int_trace_receipts as receipts
inner join config.settings as settings on settings.as_at = receipts.taken_at
where receipts.refused_as is not null

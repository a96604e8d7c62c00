-- grain: sender, resource_id
-- reads: health.encounter
-- why: visits that took place
select
    sender,
    id as resource_id,
    last_updated,
    patient_id,
    status,
    class,
    type_display,
    period_start,
    period_end,
    provider
from health.encounter

-- grain: sender, medicine_id
-- reads: health.medication
-- why: medicines that requests and statements name by reference; one that was entered in error
--   names nothing
select
    sender,
    id as medicine_id,
    case when coalesce(status, '') <> 'entered-in-error' then code end as code,
    case when coalesce(status, '') <> 'entered-in-error' then system end as system,
    case when coalesce(status, '') <> 'entered-in-error' then coalesce(display, code_text) end
        as display,
    security_text(confidentiality, other_labels, has_label_without_code) as security,
    has_unknown_modifier
from health.medication

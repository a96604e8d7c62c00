-- grain: carer_id, started_at
-- reads: casestore.dm_placement_carer_addresses
-- why: where carers and homes are, and were
select
    carer_id,
    text_of(post_code) as postcode,
    start_date as started_at,
    end_date as ended_at
from casestore.dm_placement_carer_addresses

-- grain: carer_id, started_at
-- reads: casestore.dm_placement_carer_addresses
-- why: where carers and homes are, and were; of two addresses from one day, the one that holds
--   longer
select carer_id, postcode, started_at, ended_at
from (
    select
        carer_id,
        text_of(post_code) as postcode,
        start_date as started_at,
        end_date as ended_at,
        row_number() over (partition by carer_id, start_date
            order by end_date desc nulls first, post_code nulls last) as rank
    from casestore.dm_placement_carer_addresses
) as written
where rank = 1

-- grain: address_id
-- reads: casestore.dm_addresses
-- why: where people live and lived
select
    ref_addresses_people_id as address_id,
    person_id,
    start_date as started_at,
    end_date as ended_at,
    text_of(address) as address,
    text_of(post_code) as postcode,
    text_of(address_type) as address_type,
    coalesce(upper(text_of(is_display_address)), 'N') = 'Y' as is_display
from casestore.dm_addresses

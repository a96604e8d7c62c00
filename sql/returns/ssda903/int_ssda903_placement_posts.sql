-- grain: period_of_care_id, stay
-- reads: int_ssda903_short_breaks, int_ssda903_spans, stg_carer_addresses
-- why: The placement postcode is where the carer or the home was when the child came to them; it
--   stays while the child does. Of short breaks it is not asked.
with stays as (
    select distinct spans.period_of_care_id, spans.stay, spans.first_span, spans.carer_id,
        spans.stay_started_on
    from int_ssda903_spans as spans
    inner join int_ssda903_short_breaks as breaks
        on breaks.period_of_care_id = spans.period_of_care_id and not breaks.is_short_break
),

posts as (
    select
        stays.period_of_care_id, stays.stay, stays.first_span, addresses.postcode,
        row_number() over (partition by stays.period_of_care_id, stays.stay
            order by addresses.started_at desc nulls last) as place
    from stays
    inner join stg_carer_addresses as addresses
        on addresses.carer_id = stays.carer_id
        and (addresses.started_at is null
            or cast(addresses.started_at as date) <= stays.stay_started_on)
        and (addresses.ended_at is null or cast(addresses.ended_at as date) > stays.stay_started_on)
)

select period_of_care_id, stay, first_span, upper(postcode) as pl_post
from posts
where place = 1

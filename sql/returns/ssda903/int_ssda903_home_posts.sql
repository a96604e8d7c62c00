-- grain: period_of_care_id, first_span
-- reads: int_ssda903_short_breaks, int_ssda903_spans, int_ssda903_unaccompanied, stg_addresses
-- why: The home postcode is of the child's home when the child started to be looked after: of the
--   addresses that hold on that day the one that began last. Unaccompanied children have none, and
--   of short breaks it is not asked.
with started as (
    select spans.period_of_care_id, spans.first_span, spans.person_id, spans.started_on
    from int_ssda903_spans as spans
    inner join int_ssda903_short_breaks as breaks
        on breaks.period_of_care_id = spans.period_of_care_id and not breaks.is_short_break
    left join int_ssda903_unaccompanied as unaccompanied
        on unaccompanied.person_id = spans.person_id
    where spans.is_first and unaccompanied.person_id is null
),

homes as (
    select
        started.period_of_care_id, started.first_span, addresses.postcode,
        row_number() over (
            partition by started.period_of_care_id, started.first_span
            order by cast(addresses.started_at as date) desc, addresses.ended_at is null,
                addresses.address_id
        ) as place
    from started
    inner join stg_addresses as addresses
        on addresses.person_id = started.person_id
            and cast(addresses.started_at as date) <= started.started_on
        and (addresses.ended_at is null or cast(addresses.ended_at as date) > started.started_on)
)

select period_of_care_id, first_span, upper(postcode) as home_post
from homes
where place = 1

-- severity: block
-- grain: safeguard, category, finding
-- reads: config.accepted_safeguards, config.safeguard_limits, int_safeguards, previous.safeguards
-- why: a figure that protects people, or that shows how a source is read, has moved further than
--   safeguard_limits.csv allows since the last snapshot; or, without one, it is outside what any
--   council has. Tight for protections, loose for the rest. Nothing is published until somebody
--   looks; run --accept NAME accepts it once
with compared as (
    select
        coalesce(now.safeguard, previous.safeguard) as safeguard,
        coalesce(now.category, previous.category) as category,
        coalesce(now.value, 0) as value, now.base, previous.value as value_before,
        previous.base as base_before
    from int_safeguards as now
    full outer join previous.safeguards as previous
        on previous.safeguard = now.safeguard and previous.category = now.category
),

judged as (
    select
        compared.*, limits.likely_cause,
        compared.value_before is not null
            and abs(compared.value - compared.value_before) >= limits.least_change
            and (compared.value * 100 < compared.value_before * (100 - limits.percent_fewer)
                or compared.value * 100 > compared.value_before * (100 + limits.percent_more))
                    as has_moved,
        compared.value_before is not null and compared.base >= limits.least_base
            and compared.base_before >= limits.least_base
            and abs(compared.value * 100.0 / compared.base
                - compared.value_before * 100.0 / compared.base_before)
                >= limits.share_points as has_another_share,
        compared.value_before is null and compared.base >= limits.least_base
            and (compared.value * 100 < compared.base * limits.least_percent_of_base
                or compared.value * 100 > compared.base * limits.most_percent_of_base)
                    as is_out_of_bounds
    from compared
    inner join config.safeguard_limits as limits on limits.safeguard = compared.safeguard
    where compared.safeguard not
        in (select accepted.safeguard from config.accepted_safeguards as accepted)
),

final as (
    select
        safeguard, category,
        case
            when value_before is null
                then cast(value as varchar) || ' of ' || cast(base as varchar) || ' on a first run'
            else cast(value_before as varchar) || ' before, ' || cast(value as varchar) || ' now'
        end || '; likely: ' || likely_cause as finding
    from judged
    where has_moved or has_another_share or is_out_of_bounds
)

select safeguard, category, finding from final

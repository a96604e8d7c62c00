-- grain: collection_year, kind, child, position
-- reads: config.ssda903_submitted, ssda903_dolo, ssda903_missing, ssda903_oc3,
--   ssda903_placed_adoption
-- why: What else of last year each year is held against (absences, decisions on adoption, orders
--   that deprive of liberty, care leavers): as it was submitted where that is given, otherwise as
--   the case store has it now.
with submitted as (
    select
        collection_year + 1 as collection_year,
        case file when 'missing.csv' then 'missing' when 'placed_for_adoption.csv' then 'placed'
            when 'DoLo.csv' then 'liberty' else 'leaver' end as kind,
        child, position, day_slashed(coalesce(mis_start, date_placed, dolo_start)) as started_on,
        day_slashed(coalesce(mis_end, date_placed_ceased, dolo_end)) as ended_on,
        coalesce(reason_placed_ceased, in_touch) as reason
    from config.ssda903_submitted
    where file in ('missing.csv', 'placed_for_adoption.csv', 'DoLo.csv', 'oc3.csv')
),

told as (select distinct collection_year + 1 as collection_year from config.ssda903_submitted),

made as (
    select collection_year + 1 as collection_year, 'missing' as kind, child,
        row_position as position, mis_start as started_on, mis_end as ended_on,
        cast(null as varchar) as reason
    from ssda903_missing
    union all
    select collection_year + 1, 'placed', child, row_position, date_placed, date_placed_ceased,
        reason_placed_ceased
    from ssda903_placed_adoption
    union all
    select collection_year + 1, 'liberty', child, row_position, dolo_start, dolo_end,
        cast(null as varchar)
    from ssda903_dolo
    union all
    select collection_year + 1, 'leaver', child, row_position, cast(null as date),
        cast(null as date), in_touch
    from ssda903_oc3
)

select collection_year, kind, child, position, started_on, ended_on, reason from submitted
union all
select collection_year, kind, child, position, started_on, ended_on, reason
from made
where collection_year not in (select collection_year from told)

-- grain: breakdown, category, measure
-- reads: config.reasons, cpis_failures
-- why: what keeps children from the NHS, and for how long already: an old failure is a child whom
--   nobody in A&E knows of
-- numerator: children with a failure to be mended, in all and by reason; in all by its age
-- denominator: all children with a failure that keeps them from the NHS
-- source: cpis_failures of the areas cohort and record
-- known limits: a child with several failures counts once, under the oldest; age counts from the
--   first run that saw it
with children as (
    select
        person_id,
        min_by(coalesce(reasons.words, replace(failures.reason, '_', ' ')),
            (failures.first_seen_at, failures.reason)) as reason,
        max(failures.age_days) as age_days
    from cpis_failures as failures
    left join config.reasons as reasons on reasons.reason = 'cpis_' || failures.reason
    where failures.area in ('cohort', 'record') and failures.is_to_be_mended
        and failures.person_id is not null
    group by failures.person_id
),

aged as (
    select
        reason,
        case when age_days < 1 then 'since today' when age_days < 7 then '1 to 6 days'
            when age_days < 28 then '7 to 27 days' else '28 days and more' end as age
    from children
),

placed as (
    select 'all' as breakdown, 'all' as category, cast(null as varchar) as within, age from aged
    union all
    select 'reason', reason, 'all', age from aged
),

ages (age) as (values ('since today'), ('1 to 6 days'), ('7 to 27 days'), ('28 days and more')),

final as (
    select breakdown, category, within, 'children' as measure, cast(null as varchar) as part_of,
        count(*) as value
    from placed
    group by breakdown, category, within
    union all
    select placed.breakdown, placed.category, placed.within, ages.age, 'children',
        count(*) filter (where placed.age = ages.age)
    from placed
    cross join ages
    where placed.breakdown = 'all'
    group by placed.breakdown, placed.category, placed.within, ages.age
)

select breakdown, category, within, measure, part_of, value
from final

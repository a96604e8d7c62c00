-- grain: breakdown, category, measure
-- reads: int_integrated_fields
-- why: how much is recorded twice by the council and by health, and where the two disagree
-- numerator: people whose field is the same in both systems, differs from one sender at least, or
--   stands in one system only
-- denominator: people known to the case store and to a health sender under one NHS number, with the
--   field in either
-- source: the case store and the health extracts, all people known to both
-- known limits: numbers only: whose fields they are is shown for those alone whose health records
--   may be shared, in direct-care/integrated_records; a diagnosis that health does not hold is not
--   recorded as absent
with people as (
    select
        person_id, field,
        case
            when bool_or(outcome = 'recorded twice and different')
                then 'recorded twice and different'
            when bool_or(outcome = 'recorded twice and equal') then 'recorded twice and equal'
            else min(outcome)
        end as outcome
    from int_integrated_fields
    group by person_id, field
),

measures (measure) as (
    values
        ('recorded twice and equal'), ('recorded twice and different'),
        ('recorded once, by the council'), ('recorded once, by health')
),

fields as (
    select field, count(*) as count_people from people group by field
),

outcomes as (
    select field, outcome, count(*) as count_people from people group by field, outcome
)

select
    'field' as breakdown, replace(field, '_', ' ') as category, cast(null as varchar) as within,
    'people' as measure,
    cast(null as varchar) as part_of, count_people as value
from fields
union all
select
    'field', replace(fields.field, '_', ' '), null, measures.measure, 'people',
    coalesce(outcomes.count_people, 0)
from fields
cross join measures
left join outcomes on outcomes.field = fields.field and outcomes.outcome = measures.measure

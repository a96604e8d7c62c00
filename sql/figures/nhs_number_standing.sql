-- grain: breakdown, category, measure
-- reads: int_nhs_numbers, int_scope
-- why: how many of the people with an open episode of care have an NHS number, and how well it
--   stands
-- numerator: people whose NHS number is verified, traced, matched, held only, in conflict, or
--   missing
-- denominator: people with an open episode of care
-- source: the case store's numbers, the trace service's answers, and the patients that health
--   services know
-- known limits: held means a valid number that nothing confirms; it opens no gate
with people as (
    select
        numbers.standing,
        scope.is_adult
    from int_scope as scope
    inner join int_nhs_numbers as numbers on numbers.person_id = scope.person_id
    where scope.in_scope
),

standings as (
    select standing, category
    from (
        values
            ('verified', '1 verified'), ('traced', '2 traced'), ('matched', '3 matched'),
            ('held', '4 held, not confirmed'),
            ('conflict', '5 in conflict'), ('none', '6 none')
    ) as words (standing, category)
),

placed as (
    select 'standing' as breakdown, standings.category, 'all' as within, people.is_adult
    from standings
    left join people on people.standing = standings.standing
    union all
    select 'all' as breakdown, 'all' as category, cast(null as varchar) as within, is_adult
    from people
),

counted as (
    select
        breakdown, category, within,
        count(is_adult) as count_people,
        count(case when is_adult then 1 end) as count_adults,
        count(case when not is_adult then 1 end) as count_others
    from placed
    group by breakdown, category, within
),

final as (
    select breakdown, category, within, 'people' as measure, cast(null as varchar) as part_of,
        count_people as value from counted
    union all
    select breakdown, category, within, 'adults', 'people', count_adults from counted
    union all
    select breakdown, category, within, 'children and unknown age', 'people', count_others
    from counted
)

select breakdown, category, within, measure, part_of, value
from final
